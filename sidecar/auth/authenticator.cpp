#include "sidecar/auth/authenticator.hpp"

#include "sidecar/auth/api_key.hpp"

#include <algorithm>

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

const Identity* Authenticator::recognise(const http::Request& request) const {
    const Identity* found = nullptr;
    if (const auto token = request.header("x-chela-token")) {
        const Hash256 hash = hash_api_key(*token);
        for (const auto& identity :
             identities_) {  // no early end: the time tells nothing about which one matched
            if (identity.client_token_hash && equal(*identity.client_token_hash, hash))
                found = &identity;
        }
        return found;
    }
    if (!request.peer) return nullptr;
    for (const auto& identity : identities_) {
        if (std::ranges::find(identity.uids, request.peer->uid) != identity.uids.end())
            found = &identity;
    }
    return found;
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
    if (const auto authorization = request.header("authorization")) {
        constexpr std::string_view kScheme = "Bearer ";
        if (!authorization->starts_with(kScheme)) {
            co_return fail(
                ErrorCode::unauthenticated, "Authorization must be \"Bearer <token>\"",
                "E_AUTHORIZATION_SCHEME");
        }
        co_return co_await by_bearer(
            std::string{authorization->substr(kScheme.size())}, request.deadline);
    }
    if (const auto* identity = recognise(request)) {
        if (identity->agent_elsewhere) {
            co_return co_await by_agent_elsewhere(
                identity->credential, *identity->agent_elsewhere, request.deadline);
        }
        co_return co_await by_identity(identity->credential, request.deadline);
    }
    co_return fail(
        ErrorCode::unauthenticated,
        "nobody known is calling: send a Bearer token, or call from a unix user or with a client "
        "token that an identity in "
        "chela.yaml allows",
        "E_NO_CREDENTIALS");
}

asio::awaitable<Result<Principal>> Authenticator::by_bearer(std::string bearer, Deadline deadline) {
    co_return co_await run_blocking<Principal>(store_pool_, deadline, [&issuer = issuer_, bearer] {
        if (bearer.starts_with(kAdminKeyPrefix)) return issuer.verify_admin_key(bearer);
        if (bearer.starts_with(kAgentKeyPrefix)) return issuer.verify_agent_key(bearer);
        return issuer.verify_token(bearer);
    });
}

asio::awaitable<Result<Principal>> Authenticator::by_identity(
    std::shared_ptr<Credential> credential, Deadline deadline) {
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
