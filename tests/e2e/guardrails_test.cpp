// Each guardrail refuses with its own reason, holds no nonce, and lets the nearest legitimate
// payment through.
#include "tests/e2e/support/sidecar.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

std::string all_codes(const Json& problem) {
    std::string out;
    for (const auto& violation : problem.at("violations"))
        out += violation.at("code").get<std::string>() + " ";
    return out;
}

class guardrails : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};

    TestAgent agent_with(std::vector<std::string> flags) {
        auto agent = sidecar.create_agent(*anvil, std::move(flags));
        sidecar.start();
        return agent;
    }
    void expect_denied(const TestAgent& agent, const Json& body, const std::string& code) {
        const auto answer = sidecar.submit(agent, body);
        EXPECT_EQ(answer.status, 403U) << answer.body;
        EXPECT_EQ(answer.header("content-type"), "application/problem+json");
        const Json problem = json_of(answer);
        EXPECT_NE(all_codes(problem).find(code + " "), std::string::npos) << answer.body;
        EXPECT_FALSE(problem.at("detail").get<std::string>().empty());
        EXPECT_FALSE(problem.at("transaction").contains("nonce"));
    }
    void expect_allowed(const TestAgent& agent, const Json& body) {
        const auto answer = sidecar.submit(agent, body);
        EXPECT_EQ(answer.status, 201U) << answer.body;
    }
};

TEST_F(guardrails, a_recipient_outside_the_allowlist_is_denied) {
    const auto agent = agent_with({"--to", kPayee});
    expect_denied(agent, payment(kStranger, "0.1"), "E_TO_NOT_ALLOWED");
    expect_denied(agent, payment(agent.address, "0.1"), "E_TO_NOT_ALLOWED");
    expect_allowed(agent, payment(kPayee, "0.1"));
}

TEST_F(guardrails, one_wei_over_the_cap_is_denied_and_the_cap_is_not) {
    const auto agent = agent_with({"--to", kPayee, "--max-value", "0.5"});
    expect_denied(agent, payment(kPayee, "0.500000000000000001"), "E_VALUE_OVER_LIMIT");
    expect_allowed(agent, payment(kPayee, "0.5"));
}

TEST_F(guardrails, the_daily_limit_counts_every_reservation) {
    const auto agent = agent_with({"--to", kPayee, "--daily-limit", "1"});
    expect_allowed(agent, payment(kPayee, "0.6"));
    expect_denied(agent, payment(kPayee, "0.400000000000000001"), "E_DAILY_LIMIT");
    const auto signed_only = sidecar.submit(agent, payment(kPayee, "0.3"), {}, "/sign");
    EXPECT_EQ(signed_only.status, 200U) << signed_only.body;
    expect_denied(agent, payment(kPayee, "0.100000000000000001"), "E_DAILY_LIMIT");
}

TEST_F(guardrails, a_chain_that_is_not_allowed_is_denied) {
    sidecar.edit_config(
        "chains:\n",
        "chains:\n  other:\n    chain_id: 99\n    rpc_url: http://127.0.0.1:9\n    "
        "max_fee_per_transaction: 1 ETH\n");
    const auto agent = agent_with({"--to", kPayee, "--chain", "other"});
    expect_denied(agent, payment(kPayee, "0.1"), "E_CHAIN_NOT_ALLOWED");
}

TEST_F(guardrails, transactions_per_day_are_counted) {
    const auto agent = agent_with({"--to", kPayee, "--max-per-day", "2"});
    expect_allowed(agent, payment(kPayee, "0.1"));
    expect_allowed(agent, payment(kPayee, "0.1"));
    expect_denied(agent, payment(kPayee, "0.1"), "E_TX_PER_DAY");
}

TEST_F(guardrails, a_fee_over_the_operators_cap_is_denied) {
    const auto agent = agent_with({"--to", kPayee});
    auto body = payment(kPayee, "0.1");
    body["max_fee_per_gas"] =
        "10000000000000";  // 21000 gas × 10,000 gwei = 0.21 ETH; the chain's cap is 0.05
    body["max_priority_fee_per_gas"] = "1";
    expect_denied(agent, body, "E_FEE_OVER_LIMIT");
    body["max_fee_per_gas"] = "2000000000000";
    expect_allowed(agent, body);
}

TEST_F(guardrails, fees_have_a_budget_of_their_own) {
    const auto agent = agent_with({"--to", kPayee, "--fee-budget", "anvil=0.06"});
    auto body = payment(kPayee, "0");
    body["max_fee_per_gas"] = "2000000000000";  // 21000 gas × 2,000 gwei: 0.042 ETH at the worst
    body["max_priority_fee_per_gas"] = "1";
    expect_allowed(agent, body);
    expect_denied(agent, body, "E_FEE_BUDGET");
}

TEST_F(guardrails, calldata_that_is_not_understood_needs_a_named_target) {
    const auto agent = agent_with({"--unrestricted", "--max-value", "1"});  // any recipient
    auto body = payment(kPayee, "0");
    body["data"] = "0xdeadbeef";
    expect_denied(agent, body, "E_OPAQUE_CALL");
    expect_allowed(agent, payment(kPayee, "0.1"));
}

TEST_F(guardrails, an_unlimited_approval_is_denied_even_to_a_named_spender) {
    const auto agent = agent_with({"--to", kPayee, "--token", kStranger});
    auto body = payment(kStranger, "0");
    const std::string spender = "00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8";
    body["data"] = "0x095ea7b3" + spender + std::string(64, 'f');
    expect_denied(agent, body, "E_GRANT_UNBOUNDED");
    body["data"] = "0x095ea7b3" + spender + std::string(63, '0') + "5";
    expect_allowed(agent, body);
}

TEST_F(guardrails, a_change_by_the_operator_holds_at_once_beside_a_running_server) {
    const auto agent = agent_with({"--to", kPayee});
    expect_denied(agent, payment(kStranger, "0.1"), "E_TO_NOT_ALLOWED");
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--to", kStranger}));
    expect_allowed(agent, payment(kStranger, "0.1"));
    expect_denied(agent, payment(kPayee, "0.1"), "E_TO_NOT_ALLOWED");
}

TEST_F(guardrails, a_denied_intent_replays_as_denied_and_is_in_the_audit_trail) {
    const auto agent = agent_with({"--to", kPayee});
    const auto first = sidecar.submit(agent, payment(kStranger, "0.1"), "same-key");
    const auto second = sidecar.submit(agent, payment(kStranger, "0.1"), "same-key");
    EXPECT_EQ(first.status, 403U);
    EXPECT_EQ(second.status, 403U);
    EXPECT_EQ(json_of(first)["transaction"]["id"], json_of(second)["transaction"]["id"]);
    static_cast<void>(sidecar.stop());
    std::ifstream database{sidecar.dir() / "chela.db", std::ios::binary};
    const std::string stored{std::istreambuf_iterator<char>{database}, {}};
    EXPECT_NE(stored.find("intent.denied"), std::string::npos);
}

}  // namespace
}  // namespace chela::test
