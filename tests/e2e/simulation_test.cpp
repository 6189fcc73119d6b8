// A transaction is run before it is signed: on a block that is named, by whatever the node has for
// it, and what came out stays to be read.
#include "chains/base/hex.hpp"
#include "chains/simulation/digest.hpp"
#include "tests/e2e/support/sidecar.hpp"
#include "tests/support/edr.hpp"
#include "tests/support/fake_node/server.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

// Reverts with Error("no money"): it copies the 100 bytes behind its twelve and returns them so.
constexpr const char* kReverts =
    "0x6064600c60003960646000fd"
    "08c379a0"
    "0000000000000000000000000000000000000000000000000000000000000020"
    "0000000000000000000000000000000000000000000000000000000000000008"
    "6e6f206d6f6e6579000000000000000000000000000000000000000000000000";
// With data it is opened; without, it reverts unless it was opened before.
constexpr const char* kOpensFirst = "0x36600e57600054601557600080fd5b6001600055005b00";

constexpr std::string_view kPolicy = R"(schema: chela.policy/1
id: shown
version: 1
budgets:
  eth-day: {asset: native@31337, limit: "1 ETH", window: 24h}
envelope: {chains: [31337], tx_types: [2], max_total_fee: "0.05 ETH"}
permit:
  - {id: pay, effect: transfer, where: {asset: native@31337, from: self}, charge: eth-day}
simulation: {require: true}
)";

Json get(const Sidecar& sidecar, const TestAgent& agent, const std::string& id) {
    const auto answer = must(sidecar.tcp().request(
        "GET", "/v1/agents/" + agent.id + "/simulations/" + id,
        {{"Authorization", "Bearer " + sidecar.token_for(agent)}}));
    EXPECT_EQ(answer.status, 200U) << answer.body;
    return json_of(answer);
}

HttpAnswer post(
    const Sidecar& sidecar, const TestAgent& agent, const std::string& rest, const Json& body) {
    return must(sidecar.tcp().request(
        "POST", "/v1/agents/" + agent.id + "/transactions" + rest,
        {{"Authorization", "Bearer " + sidecar.token_for(agent)}}, body.dump()));
}

class simulation : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(*anvil, {"--to", kPayee});

    void SetUp() override { sidecar.start(); }
    void give_code(const std::string& code) {
        static_cast<void>(must(anvil->rpc("anvil_setCode", Json::array({kPayee, code}))));
    }
};

TEST_F(simulation, is_of_the_very_transaction_that_was_signed_on_a_named_block_and_is_kept) {
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.25"));
    ASSERT_EQ(answer.status, 201U) << answer.body;
    const Json submitted = json_of(answer);
    const Json kept = get(sidecar, agent, text(submitted.at("simulation_id")));
    EXPECT_EQ(kept.at("status"), "success");
    EXPECT_EQ(kept.at("provider"), "eth_simulateV1");
    EXPECT_EQ(kept.at("degraded"), false);
    EXPECT_EQ(kept.at("pinned_by"), "hash");
    const auto block = must(anvil->rpc(
        "eth_getBlockByNumber",
        Json::array({to_quantity(U256{kept.at("block_number").get<std::uint64_t>()}), false})));
    EXPECT_EQ(kept.at("block_hash"), block.at("hash"));
    ASSERT_EQ(kept.at("asset_changes").size(), 1U) << kept.dump();
    EXPECT_EQ(kept.at("asset_changes")[0].at("type"), "native");
    EXPECT_EQ(kept.at("asset_changes")[0].at("to"), kPayee);
    EXPECT_EQ(kept.at("asset_changes")[0].at("amount"), "250000000000000000");

    const auto sent = must(chains::decode_signed(must(parse_hex(text(submitted.at("signed_tx"))))));
    const auto signer = must(parse_fixed<Address>(agent.address));
    EXPECT_EQ(
        kept.at("transaction_digest"),
        to_hex(chains::simulation::transaction_digest(sent.transaction, signer)));
}

TEST_F(simulation, of_another_agent_is_not_there) {
    const Json submitted = json_of(sidecar.submit(agent, payment(kPayee, "0.25")));
    const auto stranger = sidecar.create_agent(*anvil, {"--to", kPayee});
    const auto path = "/simulations/" + text(submitted.at("simulation_id"));
    for (const auto& owner : {agent.id, stranger.id}) {
        const auto answer = must(sidecar.tcp().request(
            "GET", "/v1/agents/" + owner + path,
            {{"Authorization", "Bearer " + sidecar.token_for(stranger)}}));
        EXPECT_EQ(answer.status, 404U) << answer.body;
    }
}

TEST_F(simulation, that_reverts_ends_the_transaction_with_the_contracts_words) {
    give_code(kReverts);
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.25"));
    EXPECT_EQ(answer.status, 422U) << answer.body;
    const Json refused = json_of(answer);
    EXPECT_EQ(refused.at("status"), "simulation_failed");
    EXPECT_EQ(refused.at("code"), "E_WOULD_REVERT");
    EXPECT_NE(text(refused.at("detail")).find("no money"), std::string::npos) << answer.body;
    const Json kept = get(sidecar, agent, text(refused.at("simulation_id")));
    EXPECT_EQ(kept.at("status"), "reverted");
    EXPECT_EQ(kept.at("revert_reason"), "no money");
    EXPECT_EQ(kept.at("pinned_by"), "hash");
    EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);
    EXPECT_EQ(sidecar.log().find("intent_signed"), std::string::npos);
}

TEST_F(simulation, of_a_bundle_lets_each_transaction_see_those_before_it) {
    give_code(kOpensFirst);
    auto opening = payment(kPayee, "0");
    opening["data"] = "0x01";
    const auto entering = payment(kPayee, "0");
    const auto alone = json_of(post(sidecar, agent, "/simulate", entering));
    EXPECT_EQ(alone.at("status"), "reverted");
    const auto answer =
        post(sidecar, agent, "/simulate-bundle", {{"transactions", {opening, entering}}});
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const Json both = json_of(answer).at("simulations");
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].at("status"), "success");
    EXPECT_EQ(both[1].at("status"), "success");
    EXPECT_EQ(both[0].at("block_hash"), both[1].at("block_hash"));
    EXPECT_EQ(get(sidecar, agent, text(both[1].at("simulation_id"))), both[1]);
}

TEST(simulation_on_edr, which_lacks_eth_simulateV1_is_a_trace) {
    const auto edr = must(Edr::start());
    Sidecar sidecar{edr->url()};
    const auto agent = sidecar.create_agent(*edr, {"--to", kPayee});
    const auto doctor = sidecar.cli({"doctor"});
    EXPECT_NE(doctor.out.find("ok    simulation anvil: callTracer"), std::string::npos)
        << doctor.out;
    sidecar.start();
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.25"));
    ASSERT_EQ(answer.status, 201U) << answer.body << sidecar.log();
    const Json kept = get(sidecar, agent, text(json_of(answer).at("simulation_id")));
    EXPECT_EQ(kept.at("status"), "success");
    EXPECT_EQ(kept.at("provider"), "debug_traceCall");
    EXPECT_EQ(kept.at("degraded"), false);
    EXPECT_EQ(kept.at("asset_changes")[0].at("amount"), "250000000000000000");
    const auto bundle = post(
        sidecar, agent, "/simulate-bundle",
        {{"transactions", {payment(kPayee, "0.1"), payment(kPayee, "0.2")}}});
    EXPECT_EQ(json_of(bundle).at("code"), "E_SIMULATE_BUNDLE_UNSUPPORTED") << bundle.body;
}

/// A node that has neither eth_simulateV1 nor debug_traceCall.
class degraded_simulation : public testing::Test {
protected:
    std::shared_ptr<fake_node::FakeEndpoint> node = [] {
        fake_node::EndpointOptions options;
        options.capabilities.simulate_v1 = fake_node::CallMode::missing;
        options.capabilities.trace_call = fake_node::CallMode::missing;
        return std::make_shared<fake_node::FakeEndpoint>(
            std::make_shared<fake_node::FakeChain>(), options);
    }();
    fake_node::FakeNodeServer server{node};
    Sidecar sidecar{server.url()};

    TestAgent make_agent(const std::string& flag, const std::string& value) {
        const Json made = sidecar.cli_json({"agent", "create", "tester", flag, value});
        TestAgent agent{
            text(made.at("agent").at("id")), text(made.at("api_key")),
            text(made.at("agent").at("evm_address"))};
        server.while_idle([&](fake_node::FakeEndpoint& endpoint) {
            endpoint.chain().fund(
                must(parse_fixed<Address>(agent.address)),
                Wei{must(parse_decimal("10000000000000000000"))});
        });
        return agent;
    }
};

TEST_F(degraded_simulation, is_marked_and_told_to_operators) {
    const auto agent = make_agent("--to", kPayee);
    const auto doctor = sidecar.cli({"doctor"});
    EXPECT_NE(
        doctor.out.find("simulation anvil: eth_call by block hash; degraded: it cannot show what "
                        "moves"),
        std::string::npos)
        << doctor.out;
    sidecar.start();
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.25"));
    ASSERT_EQ(answer.status, 201U) << answer.body << sidecar.log();
    const Json kept = get(sidecar, agent, text(json_of(answer).at("simulation_id")));
    EXPECT_EQ(kept.at("status"), "success");
    EXPECT_EQ(kept.at("provider"), "eth_call");
    EXPECT_EQ(kept.at("degraded"), true);
    EXPECT_EQ(kept.at("gas_used"), 21'000);
    EXPECT_EQ(kept.at("pinned_by"), "hash");
    EXPECT_NE(sidecar.log().find("\"simulation_capabilities\""), std::string::npos)
        << "the node was asked at the start";
}

TEST_F(degraded_simulation, is_not_enough_where_a_policy_wants_to_see_what_moves) {
    std::ofstream{sidecar.dir() / "shown.yaml"} << kPolicy;
    std::filesystem::permissions(sidecar.dir() / "shown.yaml", std::filesystem::perms{0600});
    sidecar.edit_config("chains:\n", "policy: {files: [shown.yaml]}\nchains:\n");
    sidecar.start();
    const auto agent = make_agent("--policy", "shown");
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.25"));
    EXPECT_EQ(answer.status, 403U) << answer.body;
    EXPECT_EQ(json_of(answer).at("code"), "E_SIMULATION_REQUIRED") << answer.body;
    server.while_idle(
        [](fake_node::FakeEndpoint& endpoint) { EXPECT_TRUE(endpoint.chain().sent().empty()); });
}

}  // namespace
}  // namespace chela::test
