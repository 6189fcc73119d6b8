// Every member of the published agent requests is understood, or refused when it would have to mean
// something.
#include "sidecar/api/agent_request.hpp"
#include "tests/sidecar/api/fixture.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace chela::sidecar::api {
namespace {

using test::json;

enum class Expected : std::uint8_t { understood, unsupported };

struct Member {
    const char* name;
    const char* value;  ///< JSON text that means something
    Expected expected;
};

constexpr auto kUnderstood = Expected::understood;
constexpr auto kUnsupported = Expected::unsupported;

/// In both requests. Source: Intents API 0.53.2, CreateAgentRequest and UpdateAgentRequest.
const std::vector<Member> kBoth{
    {"name", R"("a")", kUnderstood},
    {"scopes", R"(["s"])", kUnderstood},
    {"expires_at", R"("2027-01-01T00:00:00Z")", kUnderstood},
    {"intents_api_enabled", "true", kUnderstood},
    {"tx_to_allowlist", R"(["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"])", kUnderstood},
    {"tx_max_value", R"("1")", kUnderstood},
    {"tx_daily_limit", R"("1")", kUnderstood},
    {"tx_max_value_eth", R"("1")", kUnderstood},
    {"tx_daily_limit_eth", R"("1")", kUnderstood},
    {"tx_allowed_chains", R"(["base"])", kUnderstood},
    {"token_ttl_seconds", "60", kUnderstood},
    {"vault_ids", R"(["6f1c2a9e-0d4b-4a57-9b39-3f1f6f6f0a01"])", kUnderstood},
    {"tx_token_allowlist", R"(["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"])", kUnderstood},
    {"per_chain_guardrails", R"({"base": {"max_value": "1"}})", kUnderstood},
    {"tx_max_per_day", "1", kUnderstood},
    {"tx_overhead_budget", R"({"base": "1"})", kUnderstood},
    {"api_key_expires_at", R"("2027-01-01T00:00:00Z")", kUnderstood},
    {"card_require_approval", "true", kUnderstood},
    {"shroud_enabled", "true", kUnsupported},
    {"shroud_config", R"({"pii_policy": "block"})", kUnsupported},
    {"execution_intents_enabled", "true", kUnsupported},
    {"execution_guardrails", R"({"a": 1})", kUnsupported},
    {"intents_require_tee", "true", kUnsupported},
    {"execution_require_tee", "true", kUnsupported},
    {"tx_known_tokens_only", "true", kUnsupported},
    {"xrpl_allowed_tx_types", R"(["Payment"])", kUnsupported},
    {"solana_ata_allowlist", R"(["a"])", kUnsupported},
    {"cards_enabled", "true", kUnsupported},
    {"card_max_order_usd", R"("1")", kUnsupported},
    {"card_daily_limit_usd", R"("1")", kUnsupported},
    {"card_payto_allowlist", R"(["a"])", kUnsupported},
    {"card_reveal_enabled", "true", kUnsupported},
    {"environment", R"("production")", kUnsupported},
    {"environment_locked", "true", kUnsupported},
    {"env_auto_resolve", "true", kUnsupported},
};
const std::vector<Member> kOfCreate{
    {"description", R"("d")", kUnderstood},
    {"auth_method", R"("api_key")", kUnderstood},
    {"client_cert_fingerprint", R"("ab")", kUnsupported},
    {"oidc_issuer", R"("https://issuer.example")", kUnsupported},
    {"oidc_client_id", R"("c")", kUnsupported},
    {"approval_id", R"("a")", kUnsupported},
};
const std::vector<Member> kOfUpdate{
    {"is_active", "false", kUnderstood},
    {"federation_enabled", "true", kUnsupported},
    {"federation_audiences", R"(["a"])", kUnsupported},
    {"federated_token_ttl_seconds", "60", kUnsupported},
    {"per_environment_guardrails", R"({"production": {"tx_max_value": "1"}})", kUnsupported},
};

struct PublishedCase {
    AgentRequestKind kind;
    Member member;
};

void PrintTo(const PublishedCase& one, std::ostream* out) {
    *out << one.member.name;
}

std::vector<PublishedCase> cases() {
    std::vector<PublishedCase> out;
    const auto add_all = [&out](AgentRequestKind kind, const std::vector<Member>& members) {
        for (const auto& member : members)
            out.push_back({kind, member});
    };
    add_all(AgentRequestKind::create, kBoth);
    add_all(AgentRequestKind::create, kOfCreate);
    add_all(AgentRequestKind::update, kBoth);
    add_all(AgentRequestKind::update, kOfUpdate);
    return out;
}

Status applied(const PublishedCase& one, const std::string& value) {
    store::AgentRecord agent;
    agent.name = "named before";
    return apply_agent_request(
        agent, json(R"({")" + std::string{one.member.name} + R"(": )" + value + "}"), one.kind,
        test::resolve);
}

class published_member : public testing::TestWithParam<PublishedCase> {};

TEST_P(published_member, is_understood_or_refused_but_never_unknown_or_ignored) {
    const auto status = applied(GetParam(), GetParam().member.value);
    if (GetParam().member.expected == Expected::understood) {
        EXPECT_TRUE(status.has_value()) << status.error().detail;
        return;
    }
    test::expect_refused(
        status, ErrorCode::unsupported, "E_UNSUPPORTED_FIELD", GetParam().member.name);
}

TEST_P(published_member, may_be_null) {
    const auto status = applied(GetParam(), "null");
    EXPECT_TRUE(status.has_value()) << status.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    agent_request,
    published_member,
    testing::ValuesIn(cases()),
    [](const testing::TestParamInfo<PublishedCase>& info) {
        const char* kind = info.param.kind == AgentRequestKind::create ? "create_" : "update_";
        return std::string{kind} + info.param.member.name;
    });

}  // namespace
}  // namespace chela::sidecar::api
