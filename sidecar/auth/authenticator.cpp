#include "sidecar/auth/authenticator.hpp"

#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/recognise.hpp"

#include <fmt/format.h>

namespace chela::sidecar::auth {

namespace asio = boost::asio;

std::string_view to_string(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::agent:
            return "agent";
        case PrincipalKind::admin:
            return "admin";
    }
    bug("a PrincipalKind that does not exist");
}

void Authenticator::set_identities(std::vector<Identity> identities) {
    for (const auto& old : identities_)
        old.credential->stop();
    identities_ = std::move(identities);
    for (const auto& identity : identities_)
        identity.credential->start();
}

void Authenticator::set_service_accounts(std::shared_ptr<ServiceAccounts> accounts) {
    if (service_accounts_) service_accounts_->stop();
    service_accounts_ = std::move(accounts);
    if (service_accounts_) service_accounts_->start();
}

Result<const Identity*> Authenticator::recognise(const http::Request& request) const {
    if (const auto token = request.header("x-chela-token")) {
        if (request.way_in == http::WayIn::readable || request.way_in == http::WayIn::encrypted)
            return fail(
                ErrorCode::unauthenticated,
                "a client token counts on this machine, or beside a client certificate; from "
                "elsewhere send a JWT or a service account's token",
                "E_CLIENT_TOKEN_NOT_LOCAL");
        return by_client_token(identities_, *token);
    }
    if (request.certificate)
        return by_certificate(identities_, *request.certificate, issuer_.now());
    if (request.peer) return by_unix_peer(identities_, *request.peer);
    return nullptr;
}

asio::awaitable<Result<Principal>> Authenticator::authenticate(http::Request request) {
    const auto footprint = request.footprint;
    auto principal = co_await principal_of(std::move(request));
    if (!principal) co_return principal;
    footprint->caller = to_string(principal->kind);
    if (principal->kind == PrincipalKind::agent) footprint->agent_id = principal->id;
    co_return principal;
}

asio::awaitable<Result<Principal>> Authenticator::principal_of(http::Request request) {
    if (const auto authorization = request.header("authorization"))
        co_return co_await by_authorization(
            std::string{*authorization}, request.way_in, request.deadline);
    const auto identity = recognise(request);
    if (!identity) co_return std::unexpected{identity.error()};
    if (*identity != nullptr)
        co_return co_await by_identity(**identity, request.deadline);
    co_return fail(
        ErrorCode::unauthenticated,
        "nobody known is calling: send a Bearer token, or call from a unix user, with a client "
        "certificate or with a client token that an identity in chela.yaml allows",
        "E_NO_CREDENTIALS");
}

asio::awaitable<Result<Principal>> Authenticator::by_authorization(
    std::string authorization, http::WayIn way_in, Deadline deadline) {
    constexpr std::string_view kScheme = "Bearer ";
    if (!authorization.starts_with(kScheme)) {
        co_return fail(
            ErrorCode::unauthenticated, "Authorization must be \"Bearer <token>\"",
            "E_AUTHORIZATION_SCHEME");
    }
    const auto bearer = authorization.substr(kScheme.size());
    const bool is_key = bearer.starts_with(kAdminKeyPrefix) || bearer.starts_with(kAgentKeyPrefix);
    if (is_key && way_in == http::WayIn::readable) co_return credential_readable();
    if (service_accounts_ && service_accounts_->is_issuer_of(bearer))
        co_return co_await by_service_token(bearer, deadline);
    co_return co_await by_bearer(bearer, deadline);
}

asio::awaitable<Result<Principal>> Authenticator::by_service_token(
    std::string token, Deadline deadline) {
    // A reload may swap them while this waits.
    const auto accounts = service_accounts_;
    const auto account = co_await accounts->verify(std::move(token), deadline);
    if (!account) co_return std::unexpected{account.error()};
    const auto* identity = by_service_account(identities_, *account);
    if (identity == nullptr)
        co_return fail(
            ErrorCode::unauthenticated,
            fmt::format(
                "no identity in chela.yaml allows the service account {} of the namespace {}",
                account->name, account->name_space),
            "E_NO_CREDENTIALS");
    co_return co_await by_identity(*identity, deadline);
}

asio::awaitable<Result<Principal>> Authenticator::by_bearer(std::string bearer, Deadline deadline) {
    co_return co_await run_blocking<Principal>(store_pool_, deadline, [&issuer = issuer_, bearer] {
        if (bearer.starts_with(kAdminKeyPrefix)) return issuer.verify_admin_key(bearer);
        if (bearer.starts_with(kAgentKeyPrefix)) return issuer.verify_agent_key(bearer);
        return issuer.verify_token(bearer);
    });
}

asio::awaitable<Result<Principal>> Authenticator::by_identity(
    Identity identity, Deadline deadline) {
    const auto credential = identity.credential;
    if (identity.agent_elsewhere)
        co_return co_await by_agent_elsewhere(credential, *identity.agent_elsewhere, deadline);
    const auto first = co_await credential->token(deadline);
    if (!first) co_return std::unexpected{first.error()};
    auto principal = co_await by_bearer(*first, deadline);
    if (principal || principal.error().code != ErrorCode::unauthenticated) co_return principal;
    // The key was rotated or the agent changed under a cached token: one forced exchange, not a
    // loop.
    credential->invalidate(*first);
    const auto second = co_await credential->token(deadline);
    if (!second) co_return std::unexpected{second.error()};
    co_return co_await by_bearer(*second, deadline);
}

asio::awaitable<Result<Principal>> Authenticator::by_agent_elsewhere(
    std::shared_ptr<Credential> credential, std::string agent_id, Deadline deadline) {
    const auto token = co_await credential->token(deadline);
    if (!token) co_return std::unexpected{token.error()};
    co_return co_await run_blocking<Principal>(
        store_pool_, deadline,
        [&issuer = issuer_, agent_id] { return issuer.standing_agent(agent_id); });
}

}  // namespace chela::sidecar::auth
