#include "sidecar/auth/authenticator.hpp"

#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/recognise.hpp"
#include "sidecar/auth/sha256.hpp"

#include <algorithm>
#include <array>
#include <chrono>

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

namespace {

Error nobody() {
    return {
        ErrorCode::unauthenticated,
        "nobody known is calling: send a Bearer token, or call from a unix user, with a client "
        "certificate or with a client token that an identity in chela.yaml allows",
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

void Authenticator::set_service_accounts(std::shared_ptr<ServiceAccounts> accounts) {
    if (service_accounts_) service_accounts_->stop();
    service_accounts_ = std::move(accounts);
    if (service_accounts_) service_accounts_->start();
}

asio::awaitable<Result<Principal>> Authenticator::authenticate(http::Request request) {
    auto principal = co_await identify(request);
    if (!principal) co_return principal;
    request.footprint->caller = to_string(principal->kind);
    if (principal->kind == PrincipalKind::agent) request.footprint->agent_id = principal->id;
    if (auto ok = count(*principal, request); !ok) co_return std::unexpected{ok.error()};
    co_return principal;
}

Status Authenticator::count(const Principal& principal, const http::Request& request) {
    const auto wait = requests_.take(
        fmt::format("{} {} {}", to_string(principal.kind), principal.id, request.route),
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
    const auto identity = recognise(request);
    if (!identity) co_return std::unexpected{identity.error()};
    if (*identity == nullptr) co_return std::unexpected{nobody()};
    co_return co_await by_identity(**identity, request.deadline);
}

Result<const Identity*> Authenticator::recognise(const http::Request& request) const {
    if (request.certificate)
        return by_certificate(identities_, *request.certificate, issuer_.now());
    if (request.peer) return by_unix_peer(identities_, *request.peer);
    return nullptr;
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
    if (is_key(bearer)) {
        if (request.way_in == http::WayIn::readable) co_return credential_readable();
        // A signature proves itself: a valid JWT is never kept waiting by what others got wrong.
        if (auto ok = lockout_.admit(request, bearer); !ok) co_return std::unexpected{ok.error()};
    }
    if (service_accounts_ && service_accounts_->is_issuer_of(bearer))
        co_return co_await by_service_token(bearer, request.deadline);
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
    if (request.way_in == http::WayIn::readable || request.way_in == http::WayIn::encrypted) {
        co_return fail(
            ErrorCode::unauthenticated,
            "a client token counts on this machine, or beside a client certificate; from elsewhere "
            "send a JWT or a service account's token",
            "E_CLIENT_TOKEN_NOT_LOCAL");
    }
    // Looked at first: it costs nothing, and who guesses must not keep others of this machine out.
    const auto* identity = by_client_token(identities_, token);
    if (identity == nullptr) co_return std::unexpected{lockout_.count(request, token, nobody())};
    co_return co_await by_identity(*identity, request.deadline);
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
    const auto credential = sha256(bearer);
    const auto mark = issuer_.change_mark();
    const auto now = issuer_.now();
    if (mark)
        if (const auto known = known_.find(credential, *mark, now)) co_return *known;
    auto verified =
        co_await run_blocking<Principal>(store_pool_, deadline, [&issuer = issuer_, bearer] {
            if (bearer.starts_with(kAdminKeyPrefix)) return issuer.verify_admin_key(bearer);
            if (bearer.starts_with(kAgentKeyPrefix)) return issuer.verify_agent_key(bearer);
            return issuer.verify_token(bearer);
        });
    if (verified && mark) known_.remember(credential, *mark, *verified, now);
    co_return verified;
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
