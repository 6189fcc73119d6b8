#include "sidecar/auth/authenticator.hpp"

#include "sidecar/auth/api_key.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace chela::sidecar::auth {

namespace asio = boost::asio;

namespace {

Error nobody() {
    return {
        ErrorCode::unauthenticated,
        "nobody known is calling: send a Bearer token, or call from a unix user or with a client "
        "token that an identity in chela.yaml allows",
        "E_NO_CREDENTIALS"};
}

bool is_key(std::string_view bearer) {
    return bearer.starts_with(kAdminKeyPrefix) || bearer.starts_with(kAgentKeyPrefix);
}

/// A JWT of ours that is over was once right: its owner renews it and has guessed nothing.
bool is_guess(const Error& error) {
    constexpr std::array<std::string_view, 3> kOnceRight{
        "E_TOKEN_EXPIRED", "E_TOKEN_NOT_YET_VALID", "E_TOKEN_REVOKED"};
    return error.code == ErrorCode::unauthenticated &&
           std::ranges::find(kOnceRight, error.reason) == kOnceRight.end();
}

}  // namespace

void Authenticator::set_identities(std::vector<Identity> identities) {
    for (const auto& old : identities_)
        old.credential->stop();
    identities_ = std::move(identities);
    for (const auto& identity : identities_)
        identity.credential->start();
}

const Identity* Authenticator::by_client_token(std::string_view token) const {
    const Identity* found = nullptr;
    const Hash256 hash = hash_api_key(token);
    // No early end: the time tells nothing about which one matched.
    for (const auto& identity : identities_) {
        if (identity.client_token_hash && equal(*identity.client_token_hash, hash))
            found = &identity;
    }
    return found;
}

const Identity* Authenticator::by_uid(const http::Request& request) const {
    if (!request.peer) return nullptr;
    const Identity* found = nullptr;
    for (const auto& identity : identities_) {
        if (std::ranges::find(identity.uids, request.peer->uid) != identity.uids.end())
            found = &identity;
    }
    return found;
}

asio::awaitable<Result<Principal>> Authenticator::authenticate(http::Request request) {
    auto principal = co_await identify(request);
    if (!principal) co_return principal;
    if (auto ok = count(*principal, request); !ok) co_return std::unexpected{ok.error()};
    co_return principal;
}

Status Authenticator::count(const Principal& principal, const http::Request& request) {
    const auto* const kind = principal.kind == PrincipalKind::agent ? "agent" : "admin";
    const auto wait = requests_.take(
        fmt::format("{} {} {}", kind, principal.id, request.route),
        std::chrono::steady_clock::now());
    if (!wait) return {};
    *request.retry_after = sidecar::retry_after(*wait);
    return fail(
        ErrorCode::rate_limited,
        "this caller asks for this too often; an operator sets server.rate_limits.requests",
        "E_RATE_LIMITED");
}

asio::awaitable<Result<Principal>> Authenticator::identify(http::Request request) {
    if (request.header("authorization")) co_return co_await by_own_bearer(std::move(request));
    if (const auto token = request.header("x-chela-token")) {
        std::string text{*token};
        co_return co_await by_own_token(std::move(request), std::move(text));
    }
    if (const auto* identity = by_uid(request))
        co_return co_await by_identity(identity->credential, request.deadline);
    co_return std::unexpected{nobody()};
}

asio::awaitable<Result<Principal>> Authenticator::by_own_bearer(http::Request request) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view authorization = *request.header("authorization");
    if (!authorization.starts_with(kScheme)) {
        co_return fail(
            ErrorCode::unauthenticated, "Authorization must be \"Bearer <token>\"",
            "E_AUTHORIZATION_SCHEME");
    }
    const std::string bearer{authorization.substr(kScheme.size())};
    // A signature proves itself: a valid JWT is never kept waiting by what others got wrong.
    if (is_key(bearer)) {
        if (auto ok = lockout_.admit(request, bearer); !ok) co_return std::unexpected{ok.error()};
    }
    auto principal = co_await by_bearer(bearer, request.deadline);
    if (principal) {
        if (is_key(bearer)) lockout_.remember(bearer);
    } else if (is_guess(principal.error())) {
        co_return std::unexpected{lockout_.count(request, bearer, principal.error())};
    }
    co_return principal;
}

asio::awaitable<Result<Principal>> Authenticator::by_own_token(
    http::Request request, std::string token) {
    if (auto ok = lockout_.admit(request, token); !ok) co_return std::unexpected{ok.error()};
    const auto* identity = by_client_token(token);
    if (identity == nullptr) co_return std::unexpected{lockout_.count(request, token, nobody())};
    lockout_.remember(token);
    co_return co_await by_identity(identity->credential, request.deadline);
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

}  // namespace chela::sidecar::auth
