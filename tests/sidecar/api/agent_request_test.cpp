#include "sidecar/api/agent_request.hpp"

#include "chains/base/rfc3339.hpp"
#include "tests/sidecar/api/fixture.hpp"

namespace chela::sidecar::api {
namespace {

using test::expect_refused;
using test::json;
using Kind = AgentRequestKind;

constexpr const char* kVault = "6f1c2a9e-0d4b-4a57-9b39-3f1f6f6f0a01";

/// @param text  the request @return the agent, or why it is refused
Result<store::AgentRecord> applied(
    const std::string& text, Kind kind, store::AgentRecord agent = {}) {
    if (auto ok = apply_agent_request(agent, json(text), kind, test::resolve); !ok)
        return std::unexpected{ok.error()};
    return agent;
}

store::AgentRecord existing() {
    auto agent = applied(
        R"({"name": "payer", "description": "pays", "scopes": ["a"], "vault_ids": ["6f1c2a9e-0d4b-4a57-9b39-3f1f6f6f0a01"],
            "intents_api_enabled": true, "expires_at": "2027-01-01T00:00:00Z", "api_key_expires_at": "2026-12-01T00:00:00Z",
            "token_ttl_seconds": 60, "tx_allowed_chains": ["base"], "tx_max_value": "1", "tx_daily_limit": "2",
            "tx_max_per_day": 3, "tx_to_allowlist": ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"],
            "tx_token_allowlist": ["0x90F79bf6EB2c4f870365E785982E1f101E93b906"], "tx_overhead_budget": {"base": "0.5"},
            "per_chain_guardrails": {"anvil": {"max_value": "0.1"}}, "signing_key": "treasury"})",
        Kind::create);
    if (!agent) bug(agent.error().detail);
    return std::move(*agent);
}

TEST(agent_request, creates_an_agent_that_may_nothing_unless_told) {
    const auto agent = applied(R"({"name": "a"})", Kind::create);
    ASSERT_TRUE(agent.has_value()) << agent.error().detail;
    EXPECT_EQ(agent->name, "a");
    EXPECT_TRUE(agent->is_active);
    EXPECT_FALSE(agent->intents_api_enabled);
    EXPECT_EQ(agent->guardrails, policy::Guardrails{});
    EXPECT_FALSE(
        agent->expires_at || agent->api_key_expires_at || agent->token_ttl_seconds ||
        agent->signing_key_id);
}

TEST(agent_request, reads_every_member_that_an_operator_may_choose) {
    const auto agent = existing();
    EXPECT_EQ(agent.description, "pays");
    EXPECT_EQ(agent.scopes, std::vector<std::string>{"a"});
    EXPECT_EQ(agent.vault_ids, std::vector<std::string>{kVault});
    EXPECT_TRUE(agent.intents_api_enabled);
    EXPECT_EQ(agent.expires_at, parse_rfc3339("2027-01-01T00:00:00Z").value());
    EXPECT_EQ(agent.api_key_expires_at, parse_rfc3339("2026-12-01T00:00:00Z").value());
    EXPECT_EQ(agent.token_ttl_seconds, 60);
    EXPECT_EQ(agent.signing_key_id, "treasury");
    const auto& all = agent.guardrails.everywhere;
    EXPECT_EQ(all.max_value, Wei{U256{1'000'000'000'000'000'000}});
    EXPECT_EQ(all.daily_limit, Wei{U256{2'000'000'000'000'000'000}});
    EXPECT_EQ(all.max_per_day, 3U);
    EXPECT_EQ(all.to_allowlist, std::vector{test::address_of(test::kAlice)});
    EXPECT_EQ(all.token_allowlist, std::vector{test::address_of(test::kBob)});
    EXPECT_EQ(
        agent.guardrails.allowed_chains,
        (std::vector<policy::NamedChain>{{"base", ChainId{8'453}}}));
    EXPECT_EQ(
        agent.guardrails.per_chain.at(8'453).second.overhead_budget,
        Wei{U256{500'000'000'000'000'000}});
    EXPECT_EQ(
        agent.guardrails.per_chain.at(31'337).second.max_value, Wei{U256{100'000'000'000'000'000}});
}

TEST(agent_request, that_names_nothing_changes_nothing) {
    const auto before = existing();
    const auto after = applied("{}", Kind::update, before);
    ASSERT_TRUE(after.has_value()) << after.error().detail;
    EXPECT_EQ(after->name, before.name);
    EXPECT_EQ(after->description, before.description);
    EXPECT_EQ(after->scopes, before.scopes);
    EXPECT_EQ(after->vault_ids, before.vault_ids);
    EXPECT_EQ(after->is_active, before.is_active);
    EXPECT_EQ(after->intents_api_enabled, before.intents_api_enabled);
    EXPECT_EQ(after->expires_at, before.expires_at);
    EXPECT_EQ(after->api_key_expires_at, before.api_key_expires_at);
    EXPECT_EQ(after->token_ttl_seconds, before.token_ttl_seconds);
    EXPECT_EQ(after->signing_key_id, before.signing_key_id);
    EXPECT_EQ(after->guardrails, before.guardrails);
}

TEST(agent_request, clears_a_limit_with_null) {
    const auto after = applied(
        R"({"expires_at": null, "api_key_expires_at": null, "token_ttl_seconds": null, "tx_allowed_chains": null,
            "tx_to_allowlist": null, "tx_token_allowlist": null, "tx_max_value": null, "tx_daily_limit": null,
            "tx_max_per_day": null, "tx_overhead_budget": null, "per_chain_guardrails": null})",
        Kind::update, existing());
    ASSERT_TRUE(after.has_value()) << after.error().detail;
    EXPECT_FALSE(after->expires_at || after->api_key_expires_at || after->token_ttl_seconds);
    EXPECT_EQ(after->guardrails, policy::Guardrails{});
    EXPECT_EQ(after->name, "payer");
}

TEST(agent_request, cannot_clear_what_an_agent_must_have) {
    const auto after = applied(
        R"({"name": null, "is_active": null, "intents_api_enabled": null, "signing_key": null, "scopes": null})",
        Kind::update, existing());
    ASSERT_TRUE(after.has_value()) << after.error().detail;
    EXPECT_EQ(after->name, "payer");
    EXPECT_TRUE(after->is_active);
    EXPECT_TRUE(after->intents_api_enabled);
    EXPECT_EQ(after->signing_key_id, "treasury");
    EXPECT_EQ(after->scopes, std::vector<std::string>{"a"});
}

TEST(agent_request, binds_to_a_policy_and_frees_from_it) {
    const auto bound = applied(R"({"policy": "treasury"})", Kind::update, existing());
    ASSERT_TRUE(bound.has_value()) << bound.error().detail;
    EXPECT_EQ(bound->policy_id, "treasury");
    EXPECT_EQ(applied("{}", Kind::update, *bound)->policy_id, "treasury");
    EXPECT_EQ(applied(R"({"policy": null})", Kind::update, *bound)->policy_id, std::nullopt);
    expect_refused(
        applied(R"({"policy": ["treasury"]})", Kind::update, existing()), ErrorCode::invalid_input,
        "E_FIELD_TYPE", "policy");
}

TEST(agent_request, changes_activity_only_of_an_agent_that_exists) {
    const auto after = applied(R"({"is_active": false})", Kind::update, existing());
    ASSERT_TRUE(after.has_value());
    EXPECT_FALSE(after->is_active);
    expect_refused(
        applied(R"({"name": "a", "is_active": true})", Kind::create), ErrorCode::invalid_input,
        "E_UNKNOWN_FIELD", "is_active");
}

TEST(agent_request, understands_the_deprecated_aliases) {
    const auto after = applied(
        R"({"tx_max_value_eth": "0.5", "tx_daily_limit_eth": "5"})", Kind::update, existing());
    ASSERT_TRUE(after.has_value()) << after.error().detail;
    EXPECT_EQ(after->guardrails.everywhere.max_value, Wei{U256{500'000'000'000'000'000}});
    EXPECT_EQ(after->guardrails.everywhere.daily_limit, Wei{U256{5'000'000'000'000'000'000}});
    const auto both =
        applied(R"({"tx_max_value": "1", "tx_max_value_eth": "2"})", Kind::update, existing());
    ASSERT_FALSE(both.has_value());
    EXPECT_EQ(both.error().code, ErrorCode::invalid_input);
    EXPECT_NE(both.error().detail.find("tx_max_value"), std::string::npos);
}

TEST(agent_request, needs_a_name_of_1_to_100_characters) {
    for (const std::string& text :
         {std::string{"{}"}, std::string{R"({"name": null})"}, std::string{R"({"name": ""})"},
          R"({"name": ")" + std::string(101, 'x') + "\"}"}) {
        expect_refused(
            applied(text, Kind::create), ErrorCode::invalid_input, "E_FIELD_NAME", "name");
    }
    EXPECT_TRUE(applied(R"({"name": ")" + std::string(100, 'x') + "\"}", Kind::create).has_value());
    expect_refused(
        applied(R"({"name": 5})", Kind::create), ErrorCode::invalid_input, "E_FIELD_TYPE", "name");
    expect_refused(
        applied(R"({"name": ""})", Kind::update, existing()), ErrorCode::invalid_input,
        "E_FIELD_NAME", "name");
    expect_refused(
        applied(R"({"description": ")" + std::string(1'001, 'x') + "\"}", Kind::update, existing()),
        ErrorCode::invalid_input, "E_FIELD_DESCRIPTION", "description");
}

TEST(agent_request, bounds_the_life_of_a_token) {
    for (const char* ttl : {"5", "86400"}) {
        const auto after =
            applied(R"({"token_ttl_seconds": )" + std::string{ttl} + "}", Kind::update, existing());
        ASSERT_TRUE(after.has_value()) << ttl;
        EXPECT_EQ(after->token_ttl_seconds, std::stoll(ttl));
    }
    for (const char* ttl : {"0", "4", "86401", "18446744073709551615"}) {
        expect_refused(
            applied(R"({"token_ttl_seconds": )" + std::string{ttl} + "}", Kind::update, existing()),
            ErrorCode::invalid_input, "E_FIELD_TTL", "token_ttl_seconds");
    }
    for (const char* ttl : {"-1", "1.5", "\"60\""}) {
        expect_refused(
            applied(R"({"token_ttl_seconds": )" + std::string{ttl} + "}", Kind::update, existing()),
            ErrorCode::invalid_input, "E_FIELD_TYPE", "token_ttl_seconds");
    }
}

TEST(agent_request, refuses_what_is_no_time_and_no_uuid) {
    for (const char* member : {"expires_at", "api_key_expires_at"}) {
        for (const char* time :
             {"", "tomorrow", "2026-12-31", "2026-13-01T00:00:00Z", "1800000000"}) {
            expect_refused(
                applied(
                    R"({")" + std::string{member} + R"(": ")" + time + "\"}", Kind::update,
                    existing()),
                ErrorCode::invalid_input, "E_FIELD_TIME", member);
        }
        expect_refused(
            applied(R"({")" + std::string{member} + R"(": 1800000000})", Kind::update, existing()),
            ErrorCode::invalid_input, "E_FIELD_TYPE", member);
    }
    expect_refused(
        applied(R"({"vault_ids": ["v"]})", Kind::update, existing()), ErrorCode::invalid_input,
        "E_FIELD_UUID", "vault_ids");
}

TEST(agent_request, names_the_guardrail_that_is_wrong) {
    for (const auto& [member, value] : std::map<std::string, std::string>{
             {"tx_max_value", "1"},
             {"tx_daily_limit", "\"-1\""},
             {"tx_max_per_day", "-1"},
             {"tx_to_allowlist", "[\"0x1\"]"},
             {"tx_token_allowlist", "\"0x1\""},
             {"tx_allowed_chains", "[\"mainnet\"]"},
             {"tx_overhead_budget", "\"1\""},
             {"per_chain_guardrails", R"({"base": {"max_valeu": "1"}})"},
             {"tx_max_value_eth", "true"},
             {"tx_daily_limit_eth", "{}"}}) {
        const auto refused =
            applied(R"({")" + member + R"(": )" + value + "}", Kind::update, existing());
        ASSERT_FALSE(refused.has_value()) << member;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input) << member;
        EXPECT_TRUE(refused.error().detail.starts_with(member)) << refused.error().detail;
    }
}

TEST(agent_request, refuses_a_misspelt_guard_and_an_unsupported_one_before_any_limit_is_set) {
    for (const Kind kind : {Kind::create, Kind::update}) {
        store::AgentRecord agent = existing();
        const auto before = agent.guardrails;
        for (const char* text :
             {R"({"tx_max_valeu": "1", "tx_max_value": "9"})",
              R"({"shroud_enabled": true, "tx_max_value": "9"})"}) {
            EXPECT_FALSE(apply_agent_request(agent, json(text), kind, test::resolve).has_value())
                << text;
            EXPECT_EQ(agent.guardrails, before) << text;
        }
    }
}

TEST(agent_request, knows_one_way_to_authenticate_and_to_treat_typed_data) {
    EXPECT_TRUE(applied(R"({"name": "a", "auth_method": "api_key"})", Kind::create).has_value());
    for (const char* method : {"mtls", "oidc_client_credentials", ""}) {
        expect_refused(
            applied(
                R"({"name": "a", "auth_method": ")" + std::string{method} + "\"}", Kind::create),
            ErrorCode::unsupported, "E_UNSUPPORTED_FIELD", "auth_method");
    }
    EXPECT_TRUE(
        applied(R"({"eip712_default_policy": "deny"})", Kind::update, existing()).has_value());
    expect_refused(
        applied(R"({"eip712_default_policy": "allow"})", Kind::update, existing()),
        ErrorCode::unsupported, "E_UNSUPPORTED_FIELD", "eip712_default_policy");
}

TEST(agent_request, is_a_json_object) {
    for (const char* text : {"[]", "null", "1", "\"a\"", "[1]"}) {
        const auto refused = applied(text, Kind::update, existing());
        ASSERT_FALSE(refused.has_value()) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input) << text;
    }
}

}  // namespace
}  // namespace chela::sidecar::api
