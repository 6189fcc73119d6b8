#pragma once

#include "sidecar/auth/credential.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/auth/token_issuer.hpp"
#include "sidecar/http/message.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::auth {

/// One configured identity: whom it is for, and the credential that chela holds for it.
struct Identity {
    std::string name;
    std::vector<std::uint32_t> uids;           ///< unix-socket peers
    std::optional<Hash256> client_token_hash;  ///< SHA-256 of the local client token
    std::shared_ptr<Credential> credential;
    /// Set when its authority is elsewhere: the agent that its token is of. The token is then no
    /// proof to us, but that it is given says that the agent stands there.
    // NOLINTNEXTLINE(readability-redundant-member-init): callers leave it out of the braces
    std::optional<std::string> agent_elsewhere{};
};

/// Tells who is calling. A caller that brings no Authorization is recognised by its unix peer uid
/// or by X-Chela-Token, and then acts with a JWT that chela exchanged for it; the JWT goes through
/// the same verification as one that a client brings.
class Authenticator {
public:
    Authenticator(TokenIssuer& issuer, boost::asio::thread_pool& store_pool)
        : issuer_{issuer},
          store_pool_{store_pool} {}

    /// Swaps all identities at once (at start and on reload).
    void set_identities(std::vector<Identity> identities);
    [[nodiscard]] const std::vector<Identity>& identities() const { return identities_; }

    /// Also notes in the request's footprint who it is.
    /// @return unauthenticated E_NO_CREDENTIALS, or why the credentials do not hold
    [[nodiscard]] boost::asio::awaitable<Result<Principal>> authenticate(http::Request request);

private:
    [[nodiscard]] const Identity* recognise(const http::Request& request) const;
    boost::asio::awaitable<Result<Principal>> principal_of(http::Request request);
    boost::asio::awaitable<Result<Principal>> by_bearer(std::string bearer, Deadline deadline);
    boost::asio::awaitable<Result<Principal>> by_identity(
        std::shared_ptr<Credential> credential, Deadline deadline);
    boost::asio::awaitable<Result<Principal>> by_agent_elsewhere(
        std::shared_ptr<Credential> credential, std::string agent_id, Deadline deadline);

    TokenIssuer& issuer_;
    boost::asio::thread_pool& store_pool_;
    std::vector<Identity> identities_;
};

}  // namespace chela::sidecar::auth
