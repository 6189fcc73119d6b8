#include "sidecar/auth/token_issuer.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/auth/admin_key.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/standing.hpp"
#include "sidecar/edge/entropy.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace chela::sidecar::auth {

namespace {

constexpr std::string_view kAgentSubject = "agent:";

/// Who the agent is, until one of these moments.
Principal principal_of(
    const store::AgentRecord& agent, bool intents_api_enabled, std::optional<TimePoint> until) {
    constexpr auto kNever = TimePoint::max();
    return {
        .kind = PrincipalKind::agent,
        .id = agent.id,
        .intents_api_enabled = intents_api_enabled,
        .only_approves = false,
        .holds_until = std::min(until.value_or(kNever), agent.expires_at.value_or(kNever))};
}

std::unexpected<Error> bad_key() {
    return fail(
        ErrorCode::unauthenticated,
        "the API key is not valid: unknown, rotated, expired, or its agent is not active",
        "E_API_KEY");
}

std::unexpected<Error> revoked() {
    return fail(
        ErrorCode::unauthenticated, "this token has been revoked; exchange the API key again",
        "E_TOKEN_REVOKED");
}

}  // namespace

Result<store::AgentRecord> TokenIssuer::agent_by_key(
    const std::string& agent_id, std::string_view api_key) {
    const std::string prefix = lookup_prefix(api_key, kAgentKeyPrefix);
    if (prefix.empty()) return bad_key();
    const auto candidates = store_.agents_by_key_prefix(prefix);
    if (!candidates) return std::unexpected{candidates.error()};
    const TimePoint now = clock_.now();
    for (const auto& agent : *candidates) {
        const bool is_right_agent = agent_id.empty() || agent.id == agent_id;
        if (check_api_key(agent, api_key, now) && is_right_agent && check_agent_stands(agent, now))
            return agent;
    }
    return bad_key();
}

Result<AccessToken> TokenIssuer::exchange(const std::string& agent_id, std::string_view api_key) {
    const auto agent = agent_by_key(agent_id, api_key);
    const TimePoint now = clock_.now();
    if (!agent) {
        if (agent.error().code == ErrorCode::unauthenticated) {
            const Json detail = {{"reason", agent.error().reason}};
            const std::string subject = is_uuid(agent_id) ? agent_id : "unknown";
            if (auto ok = store_.record({now, "unknown", "auth.failure", subject, detail.dump()});
                !ok) {
                return std::unexpected{ok.error()};
            }
        }
        return std::unexpected{agent.error()};
    }
    Claims claims;
    claims.subject = std::string{kAgentSubject} + agent->id;
    claims.org = store_.org_id();
    claims.scopes = agent->scopes;
    claims.vault_ids = agent->vault_ids;
    claims.issued_at = std::chrono::floor<std::chrono::seconds>(now);
    claims.expires_at =
        claims.issued_at +
        std::chrono::seconds{agent->token_ttl_seconds.value_or(default_ttl_.count())};
    claims.id = random_uuid();
    claims.intents_api_enabled = agent->intents_api_enabled;
    claims.generation = agent->credential_generation;
    auto token = key_.sign(claims);
    if (!token) return std::unexpected{token.error()};
    const Json detail = {{"jti", claims.id}, {"expires_at", to_rfc3339(claims.expires_at)}};
    if (auto ok =
            store_.record({now, "agent:" + agent->id, "auth.success", agent->id, detail.dump()});
        !ok) {
        return std::unexpected{ok.error()};
    }
    if (auto ok = store_.touch_agent(agent->id, now); !ok) return std::unexpected{ok.error()};
    return AccessToken{
        std::move(*token), agent->id, agent->vault_ids, claims.issued_at, claims.expires_at};
}

Result<Principal> TokenIssuer::verify_token(std::string_view token) {
    const TimePoint now = clock_.now();
    const auto claims = key_.verify(token, now);
    if (!claims) return std::unexpected{claims.error()};
    if (!claims->subject.starts_with(kAgentSubject)) return revoked();
    const auto agent = store_.agent(claims->subject.substr(kAgentSubject.size()));
    if (!agent)
        return agent.error().code == ErrorCode::not_found ? revoked()
                                                          : std::unexpected{agent.error()};
    if (!check_agent_stands(*agent, now) || agent->credential_generation != claims->generation)
        return revoked();
    return principal_of(*agent, claims->intents_api_enabled, claims->expires_at);
}

Result<Principal> TokenIssuer::standing_agent(const std::string& agent_id) {
    const auto agent = store_.agent(agent_id);
    if (!agent && agent.error().code == ErrorCode::not_found) {
        return fail(
            ErrorCode::denied,
            "this chela knows no agent " + agent_id +
                "; an operator makes it known with `chela agent create NAME --identity IDENTITY`",
            "E_AGENT_UNKNOWN");
    }
    if (!agent) return std::unexpected{agent.error()};
    if (!check_agent_stands(*agent, clock_.now())) return revoked();
    return principal_of(*agent, agent->intents_api_enabled, std::nullopt);
}

Result<Principal> TokenIssuer::verify_agent_key(std::string_view api_key) {
    const auto agent = agent_by_key({}, api_key);
    if (!agent) return std::unexpected{agent.error()};
    return principal_of(*agent, agent->intents_api_enabled, agent->api_key_expires_at);
}

Result<Principal> TokenIssuer::verify_admin_key(std::string_view api_key) {
    const auto key = find_admin_key(store_, api_key);
    if (!key) return std::unexpected{key.error()};
    return Principal{
        .kind = PrincipalKind::admin,
        .id = key->id,
        .intents_api_enabled = false,
        .only_approves = key->only_approves};
}

boost::asio::awaitable<Result<AccessToken>> EmbeddedAuthority::exchange(
    std::string agent_id, std::shared_ptr<const signer::Secret> api_key, Deadline deadline) {
    co_return co_await run_blocking<AccessToken>(
        store_pool_, deadline, [&issuer = issuer_, agent_id, api_key] {
            return issuer.exchange(agent_id, api_key->reveal());
        });
}

}  // namespace chela::sidecar::auth
