#pragma once

#include "sidecar/auth/identity.hpp"
#include "sidecar/auth/known_callers.hpp"
#include "sidecar/auth/lockout.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/auth/service_accounts.hpp"
#include "sidecar/auth/token_issuer.hpp"
#include "sidecar/http/message.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::auth {

/// How often callers may call. Empty: as often as they like.
struct CallLimits {
    std::optional<Rate> requests;  ///< of one caller on one route
    std::optional<Rate> failures;  ///< of one peer, with wrong credentials
};

/// Tells who is calling, and whether it calls too often. A caller that brings no Authorization is
/// recognised by X-Chela-Token, its client certificate or its unix peer, one that brings a service
/// account's token by that, and then acts with a JWT that chela exchanged for it; the JWT goes
/// through the same verification as one that a client brings. What would be readable on its way is
/// not taken.
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
    [[nodiscard]] const std::vector<Identity>& identities() const { return identities_; }

    /// Whose service accounts are known from now on. @param accounts  null: nobody's
    void set_service_accounts(std::shared_ptr<ServiceAccounts> accounts);

    /// Also notes in the request's footprint who it is.
    /// @return unauthenticated E_NO_CREDENTIALS, E_CREDENTIAL_READABLE, E_CLIENT_TOKEN_NOT_LOCAL,
    /// or why the credentials do not hold; rate_limited E_AUTH_FAILURES, E_RATE_LIMITED
    [[nodiscard]] boost::asio::awaitable<Result<Principal>> authenticate(http::Request request);

    /// Counts a call of somebody who is known already: one who exchanges a key, or says something
    /// more on a connection that lasts. @return rate_limited E_RATE_LIMITED
    [[nodiscard]] Status count(const Principal& principal, const http::Request& request);

    /// Of those who give secrets elsewhere, too.
    [[nodiscard]] Lockout& lockout() { return lockout_; }

private:
    [[nodiscard]] boost::asio::awaitable<Result<Principal>> identify(http::Request request);
    /// By what the connection shows of the caller.
    [[nodiscard]] Result<const Identity*> recognise(const http::Request& request) const;
    /// What the caller itself brought; a wrong one counts.
    boost::asio::awaitable<Result<Principal>> by_own_bearer(http::Request request);
    boost::asio::awaitable<Result<Principal>> by_own_token(
        http::Request request, std::string token);
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
    RateLimiter requests_;
    Lockout lockout_;
    KnownCallers known_;
};

}  // namespace chela::sidecar::auth
