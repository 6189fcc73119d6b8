#include "sidecar/api/agent_request.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/edge/entropy.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxDescription = 1'000;
constexpr std::int64_t kMinTokenTtl = 5;
constexpr std::int64_t kMaxTokenTtl = 86'400;

constexpr std::array kGuardrailMembers{
    "tx_allowed_chains",  "tx_to_allowlist",     "tx_token_allowlist", "tx_max_value",
    "tx_daily_limit",     "tx_max_value_eth",    "tx_daily_limit_eth", "tx_max_per_day",
    "tx_overhead_budget", "per_chain_guardrails"};

// The published request has these; a value that would have to mean something is refused, not
// ignored.
constexpr std::array kUnsupportedMembers{
    "client_cert_fingerprint",
    "oidc_issuer",
    "oidc_client_id",
    "shroud_enabled",
    "shroud_config",
    "execution_intents_enabled",
    "execution_guardrails",
    "intents_require_tee",
    "execution_require_tee",
    "tx_known_tokens_only",
    "xrpl_allowed_tx_types",
    "solana_ata_allowlist",
    "cards_enabled",
    "card_max_order_usd",
    "card_daily_limit_usd",
    "card_payto_allowlist",
    "card_reveal_enabled",
    "environment",
    "environment_locked",
    "env_auto_resolve",
    "approval_id",
    "federation_enabled",
    "federation_audiences",
    "federated_token_ttl_seconds",
    "per_environment_guardrails",
    "message_signing_enabled",
    "raw_signing_enabled",
    "eip712_domain_allowlist",
    "tx_approval_policy",
    "address_screening_policy"};

void read_time(Fields& fields, const std::string& name, std::optional<TimePoint>& target) {
    if (fields.is_null(name)) target.reset();
    const auto text = fields.text(name);
    if (!text) return;
    const auto time = parse_rfc3339(*text);
    if (time) {
        target = *time;
    } else {
        fields.fail_with(
            {ErrorCode::invalid_input, name + ": expected a time such as 2026-12-31T00:00:00Z",
             "E_FIELD_TIME"});
    }
}

void read_identity(Fields& fields, store::AgentRecord& agent, AgentRequestKind kind) {
    if (const auto name = fields.text("name")) agent.name = *name;
    if (agent.name.empty() || agent.name.size() > kMaxName) {
        fields.fail_with(
            {ErrorCode::invalid_input, "name: expected 1 to 100 characters", "E_FIELD_NAME"});
    }
    if (const auto description = fields.text("description")) agent.description = *description;
    if (agent.description.size() > kMaxDescription) {
        fields.fail_with(
            {ErrorCode::invalid_input, "description: at most 1000 characters",
             "E_FIELD_DESCRIPTION"});
    }
    if (const auto method = fields.text("auth_method"); method && *method != "api_key") {
        fields.fail_with(
            {ErrorCode::unsupported, "auth_method: only api_key is supported",
             "E_UNSUPPORTED_FIELD"});
    }
    if (kind == AgentRequestKind::update) {
        if (const auto active = fields.boolean("is_active")) agent.is_active = *active;
    }
    if (const auto enabled = fields.boolean("intents_api_enabled"))
        agent.intents_api_enabled = *enabled;
    if (const auto policy = fields.text("eip712_default_policy");
        policy && *policy != "deny" && *policy != "block") {
        fields.fail_with(
            {ErrorCode::unsupported,
             "eip712_default_policy: what typed data may do is the policy's to say; only deny",
             "E_UNSUPPORTED_FIELD"});
    }
    static_cast<void>(fields.boolean(
        "card_require_approval"));  // the default is true and it guards nothing without cards
}

void read_access(Fields& fields, store::AgentRecord& agent) {
    if (auto scopes = fields.texts("scopes")) agent.scopes = std::move(*scopes);
    if (auto vaults = fields.texts("vault_ids")) agent.vault_ids = std::move(*vaults);
    if (!std::ranges::all_of(agent.vault_ids, [](const auto& id) { return is_uuid(id); })) {
        fields.fail_with(
            {ErrorCode::invalid_input, "vault_ids: expected a list of UUIDs", "E_FIELD_UUID"});
    }
    read_time(fields, "expires_at", agent.expires_at);
    read_time(fields, "api_key_expires_at", agent.api_key_expires_at);
    if (fields.is_null("token_ttl_seconds")) agent.token_ttl_seconds.reset();
    if (const auto ttl = fields.number("token_ttl_seconds")) {
        if (*ttl < kMinTokenTtl || *ttl > kMaxTokenTtl) {
            fields.fail_with(
                {ErrorCode::invalid_input, "token_ttl_seconds: expected 5 to 86400",
                 "E_FIELD_TTL"});
        }
        agent.token_ttl_seconds = static_cast<std::int64_t>(*ttl);
    }
}

}  // namespace

Status apply_agent_request(
    store::AgentRecord& agent,
    const Json& request,
    AgentRequestKind kind,
    const policy::ChainResolver& resolve) {
    Fields fields{request};
    read_identity(fields, agent, kind);
    read_access(fields, agent);
    if (const auto key = fields.text("signing_key"))
        agent.signing_key_id = *key;  // chela's own: a key's id or label
    if (fields.is_null("policy")) agent.policy_id.reset();
    if (auto policy = fields.text("policy")) agent.policy_id = std::move(*policy);
    for (const auto* member : kGuardrailMembers)
        fields.accept(member);
    for (const auto* member : kUnsupportedMembers)
        fields.only_unset(member);
    if (auto ok = fields.finish(); !ok) return ok;
    auto guardrails = policy::apply_guardrails(agent.guardrails, request, resolve);
    if (!guardrails) return std::unexpected{guardrails.error()};
    agent.guardrails = std::move(*guardrails);
    return {};
}

}  // namespace chela::sidecar::api
