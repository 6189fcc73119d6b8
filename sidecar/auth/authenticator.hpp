#pragma once

#include "sidecar/auth/identity.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/auth/service_accounts.hpp"
#include "sidecar/auth/token_issuer.hpp"
#include "sidecar/http/message.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chela::sidecar::auth {

/// Tells who is calling. A caller that brings no Authorization is recognised by X-Chela-Token, its
/// client certificate or its unix peer, one that brings a service account's token by that, and then
/// acts with a JWT that chela exchanged for it; the JWT goes through the same verification as one
/// that a client brings. What would be readable on its way is not taken.
class Authenticator {
public:
    Authenticator(TokenIssuer& issuer, boost::asio::thread_pool& store_pool)
        : issuer_{issuer},
          store_pool_{store_pool} {}

    /// Swaps all identities at once (at start and on reload).
    void set_identities(std::vector<Identity> identities);
    [[nodiscard]] const std::vector<Identity>& identities() const { return identities_; }

    /// Whose service accounts are known from now on. @param accounts  null: nobody's
    void set_service_accounts(std::shared_ptr<ServiceAccounts> accounts);

    /// Also notes in the request's footprint who it is.
    /// @return unauthenticated E_NO_CREDENTIALS, E_CREDENTIAL_READABLE, E_CLIENT_TOKEN_NOT_LOCAL,
    /// or why the credentials do not hold
    [[nodiscard]] boost::asio::awaitable<Result<Principal>> authenticate(http::Request request);

private:
    [[nodiscard]] Result<const Identity*> recognise(const http::Request& request) const;
    boost::asio::awaitable<Result<Principal>> principal_of(http::Request request);
    boost::asio::awaitable<Result<Principal>> by_authorization(
        std::string authorization, http::WayIn way_in, Deadline deadline);
    boost::asio::awaitable<Result<Principal>> by_bearer(std::string bearer, Deadline deadline);
    boost::asio::awaitable<Result<Principal>> by_service_token(
        std::string token, Deadline deadline);
    boost::asio::awaitable<Result<Principal>> by_identity(Identity identity, Deadline deadline);
    boost::asio::awaitable<Result<Principal>> by_agent_elsewhere(
        std::shared_ptr<Credential> credential, std::string agent_id, Deadline deadline);

    TokenIssuer& issuer_;
    boost::asio::thread_pool& store_pool_;
    std::vector<Identity> identities_;
    std::shared_ptr<ServiceAccounts> service_accounts_;
};

}  // namespace chela::sidecar::auth
