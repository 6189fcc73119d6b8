#pragma once

#include "sidecar/auth/credential.hpp"
#include "sidecar/auth/lockout.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/auth/token_issuer.hpp"
#include "sidecar/http/message.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::auth {

/// One configured identity: whom it is for, and the credential that chela holds for it.
struct Identity {
    std::string name;
    std::vector<std::uint32_t> uids;           ///< unix-socket peers
    std::optional<Hash256> client_token_hash;  ///< SHA-256 of the local client token
    std::shared_ptr<Credential> credential;
};

/// How often callers may call. Empty: as often as they like.
struct CallLimits {
    std::optional<Rate> requests;  ///< of one caller on one route
    std::optional<Rate> failures;  ///< of one peer, with wrong credentials
};

/// Tells who is calling, and whether it calls too often. A caller that brings no Authorization is
/// recognised by its unix peer uid or by X-Chela-Token, and then acts with a JWT that chela
/// exchanged for it; the JWT goes through the same verification as one that a client brings.
class Authenticator {
public:
    Authenticator(
        TokenIssuer& issuer, boost::asio::thread_pool& store_pool, const CallLimits& limits = {})
        : issuer_{issuer},
          store_pool_{store_pool},
          requests_{limits.requests},
          lockout_{limits.failures} {}

    /// Swaps all identities at once (at start and on reload).
    void set_identities(std::vector<Identity> identities);

    /// @return unauthenticated E_NO_CREDENTIALS, or why the credentials do not hold; rate_limited
    /// E_AUTH_FAILURES, E_RATE_LIMITED
    [[nodiscard]] boost::asio::awaitable<Result<Principal>> authenticate(http::Request request);

    /// Counts a call of somebody who is known already: one who exchanges a key, or says something
    /// more on a connection that lasts. @return rate_limited E_RATE_LIMITED
    [[nodiscard]] Status count(const Principal& principal, const http::Request& request);

    /// Of those who give secrets elsewhere, too.
    [[nodiscard]] Lockout& lockout() { return lockout_; }

private:
    [[nodiscard]] boost::asio::awaitable<Result<Principal>> identify(http::Request request);
    [[nodiscard]] const Identity* by_client_token(std::string_view token) const;
    [[nodiscard]] const Identity* by_uid(const http::Request& request) const;
    /// What the caller itself brought; a wrong one counts.
    boost::asio::awaitable<Result<Principal>> by_own_bearer(http::Request request);
    boost::asio::awaitable<Result<Principal>> by_own_token(
        http::Request request, std::string token);
    boost::asio::awaitable<Result<Principal>> by_bearer(std::string bearer, Deadline deadline);
    boost::asio::awaitable<Result<Principal>> by_identity(
        std::shared_ptr<Credential> credential, Deadline deadline);

    TokenIssuer& issuer_;
    boost::asio::thread_pool& store_pool_;
    std::vector<Identity> identities_;
    RateLimiter requests_;
    Lockout lockout_;
};

}  // namespace chela::sidecar::auth
