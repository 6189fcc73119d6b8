#include "sidecar/node/simulator.hpp"

#include "chains/abi/revert_reason.hpp"
#include "tests/sidecar/node/chain_client_fixture.hpp"
#include "tests/sidecar/node/method_node.hpp"

namespace chela::sidecar::node {
namespace {

using chains::simulation::Outcome;
using chains::simulation::Pinning;
using chains::simulation::Provider;
using test::kCallSucceeded;
using test::kNoDiff;
using test::kTraced;
using test::rpc_error;
using test::rpc_result;
using test::simulated;

const Json kCallReverted = {
    {"status", "0x0"},
    {"gasUsed", "0x5208"},
    {"returnData", "0x"},
    {"error",
     {{"code", 3}, {"message", "execution reverted"}, {"data", test::revert_data("no money")}}}};

/// Answers what it was told to, and counts.
class FakeTenderly final : public Tenderly {
public:
    Result<std::vector<chains::simulation::SimulationResult>> answer;
    std::size_t asked = 0;
    BlockNumber block;

    explicit FakeTenderly(Result<std::vector<chains::simulation::SimulationResult>> first)
        : answer{std::move(first)} {}
    boost::asio::awaitable<Result<std::vector<chains::simulation::SimulationResult>>> simulate(
        ChainId /*chain*/,
        std::vector<chains::node::CallRequest> /*calls*/,
        BlockNumber at,
        Deadline /*deadline*/) override {
        ++asked;
        block = at;
        co_return answer;
    }
    std::string name() const override { return "team/project"; }
};

class simulator : public testing::Test {
protected:
    simulator() {
        node->on("eth_simulateV1", simulated(kCallSucceeded))
            .on("callTracer", rpc_result(kTraced))
            .on("prestateTracer", rpc_result(kNoDiff))
            .on("eth_call", rpc_result("0x"))
            .on("eth_estimateGas", rpc_result("0x5208"));
    }
    auto run(std::size_t calls = 1, Detail detail = Detail::moves) {
        return test::await(
            context, subject.simulate(
                         std::vector<chains::node::CallRequest>(calls), detail,
                         std::chrono::steady_clock::now() + std::chrono::seconds{30}));
    }
    chains::simulation::SimulationResult one(Detail detail = Detail::moves) {
        auto results = run(1, detail);
        EXPECT_TRUE(results.has_value()) << results.error().detail;
        return results ? results->at(0) : chains::simulation::SimulationResult{};
    }
    Json pinned() const { return {{"blockHash", node->hash()}, {"requireCanonical", true}}; }

    boost::asio::io_context context;
    std::shared_ptr<test::MethodNode> node = std::make_shared<test::MethodNode>();
    Simulator subject{ChainClient{base(), node}};
};

TEST_F(simulator, uses_simulate_v1_where_there_is_one_on_a_block_pinned_by_its_hash) {
    const auto result = one();
    EXPECT_EQ(result.outcome, Outcome::success);
    EXPECT_EQ(result.provider, Provider::eth_simulate_v1);
    EXPECT_FALSE(result.degraded);
    EXPECT_EQ(result.pinning, Pinning::by_hash);
    EXPECT_EQ(result.block_number, BlockNumber{16});
    EXPECT_EQ(to_hex(*result.block_hash), node->hash());
    EXPECT_EQ(node->last("eth_simulateV1").at(1), pinned());
}

TEST_F(simulator, never_asks_for_the_latest_block_but_to_pin_it) {
    ASSERT_TRUE(run(1, Detail::moves_and_state).has_value());
    for (const auto& call : node->calls) {
        if (call.method == "eth_getBlockByNumber" || call.method == "eth_chainId") continue;
        EXPECT_NE(call.parameters.at(1), "latest") << call.method;
    }
}

TEST_F(simulator, falls_back_to_the_number_and_says_so) {
    node->on("eth_simulateV1", test::by_number_alone(simulated(kCallSucceeded)));
    const auto result = one();
    EXPECT_EQ(result.pinning, Pinning::by_number);
    EXPECT_EQ(result.block_number, BlockNumber{16});
    EXPECT_FALSE(result.block_hash);
    EXPECT_EQ(node->last("eth_simulateV1").at(1), "0x10");
}

TEST_F(simulator, a_revert_is_the_answer_and_no_reason_to_ask_elsewhere) {
    ASSERT_TRUE(run().has_value());
    const auto traced = node->asked("callTracer");
    node->on("eth_simulateV1", simulated(kCallReverted));
    const auto result = one();
    EXPECT_EQ(result.outcome, Outcome::reverted);
    EXPECT_EQ(chains::abi::revert_reason(result.return_data), "no money");
    EXPECT_EQ(node->asked("callTracer"), traced);
}

TEST_F(simulator, a_top_level_error_is_the_answer_for_every_call) {
    ASSERT_TRUE(run().has_value());
    node->on("eth_simulateV1", rpc_error(-38014, "insufficient funds"));
    const auto results = run(2);
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    ASSERT_EQ(results->size(), 2U);
    for (const auto& result : *results) {
        EXPECT_EQ(result.outcome, Outcome::error);
        EXPECT_EQ(result.error, "insufficient funds");
        EXPECT_EQ(result.block_number, BlockNumber{16});
    }
}

TEST_F(simulator, a_revert_that_says_method_not_found_does_not_choose_the_provider) {
    ASSERT_TRUE(run().has_value());
    node->on("eth_simulateV1", rpc_error(3, "execution reverted: method not found"));
    EXPECT_EQ(one().provider, Provider::eth_simulate_v1);
}

TEST_F(simulator, a_transport_error_is_no_reason_to_ask_elsewhere) {
    ASSERT_TRUE(run().has_value());
    node->on("eth_simulateV1", fail(ErrorCode::timed_out, "slow"));
    const auto results = run();
    ASSERT_FALSE(results.has_value());
    EXPECT_EQ(results.error().code, ErrorCode::timed_out);
}

TEST_F(simulator, without_simulate_v1_the_call_is_traced) {
    node->drop("eth_simulateV1");
    const auto result = one();
    EXPECT_EQ(result.outcome, Outcome::success);
    EXPECT_EQ(result.provider, Provider::debug_trace_call);
    EXPECT_FALSE(result.degraded);
    EXPECT_EQ(result.pinning, Pinning::by_hash);
    EXPECT_EQ(result.native_moves.size(), 1U);
}

TEST_F(simulator, without_tracing_it_is_a_call_marked_degraded_with_the_estimated_gas) {
    node->drop("eth_simulateV1");
    node->drop("callTracer");
    const auto result = one();
    EXPECT_EQ(result.outcome, Outcome::success);
    EXPECT_EQ(result.provider, Provider::eth_call);
    EXPECT_TRUE(result.degraded);
    EXPECT_EQ(result.gas_used, Gas{21'000});
    EXPECT_EQ(node->last("eth_estimateGas").at(1), pinned());
}

TEST_F(simulator, a_plain_call_whose_estimate_reverts_is_no_success) {
    node->drop("eth_simulateV1");
    node->drop("callTracer");
    node->on(
        "eth_estimateGas",
        rpc_error(3, "execution reverted", Json(test::revert_data("no money")).dump()));
    const auto result = one();
    EXPECT_EQ(result.outcome, Outcome::reverted);
    EXPECT_EQ(chains::abi::revert_reason(result.return_data), "no money");
    EXPECT_TRUE(result.degraded);
}

TEST_F(simulator, a_plain_call_that_answers_garbage_is_no_success) {
    node->drop("eth_simulateV1");
    node->drop("callTracer");
    ASSERT_TRUE(run().has_value());
    node->on("eth_call", rpc_result(Json::object()));
    EXPECT_EQ(one().outcome, Outcome::error);
}

TEST_F(simulator, a_node_that_can_nothing_says_so) {
    for (const auto* method : {"eth_simulateV1", "callTracer", "eth_call"})
        node->drop(method);
    expect_error(run(), ErrorCode::unsupported, "E_SIMULATE_UNSUPPORTED");
}

TEST_F(simulator, a_bundle_runs_in_one_request) {
    const auto results = run(3);
    ASSERT_TRUE(results.has_value());
    EXPECT_EQ(results->size(), 3U);
    const auto asked = node->last("eth_simulateV1").at(0).at("blockStateCalls");
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked.at(0).at("calls").size(), 3U);
}

TEST_F(simulator, a_bundle_needs_simulate_v1) {
    node->drop("eth_simulateV1");
    expect_error(run(2), ErrorCode::unsupported, "E_SIMULATE_BUNDLE_UNSUPPORTED");
}

TEST_F(simulator, adds_the_state_that_changes_where_it_is_asked_for) {
    EXPECT_FALSE(one().state_diff);
    EXPECT_TRUE(one(Detail::moves_and_state).state_diff);
    EXPECT_FALSE(run(2, Detail::moves_and_state)->at(0).state_diff)
        << "a trace of one call does not see those before it";
    node->on("prestateTracer", rpc_error(-32000, "busy"));
    EXPECT_EQ(one(Detail::moves_and_state).outcome, Outcome::success)
        << "what is only more takes nothing away";
}

TEST_F(simulator, a_method_that_goes_away_is_found_out_and_the_next_is_asked) {
    ASSERT_TRUE(run().has_value());
    node->drop("eth_simulateV1");
    EXPECT_EQ(one().provider, Provider::debug_trace_call);
    EXPECT_EQ(subject.capabilities()->simulate_v1, Support::absent);
}

TEST_F(simulator, a_block_that_is_gone_is_pinned_anew) {
    ASSERT_TRUE(run().has_value());
    const auto old = pinned();
    node->on("eth_simulateV1", [&](const Json& parameters) -> test::MethodNode::Answer {
        if (parameters.at(1) == old) {
            ++node->head;
            return rpc_error(-32000, "header not found");
        }
        return simulated(kCallSucceeded)(parameters);
    });
    const auto result = one();
    EXPECT_EQ(result.outcome, Outcome::success);
    EXPECT_EQ(result.block_number, BlockNumber{17});
}

TEST_F(simulator, a_node_that_refuses_every_block_is_not_asked_for_ever) {
    ASSERT_TRUE(run().has_value());
    node->on("eth_simulateV1", [this](const Json& parameters) -> test::MethodNode::Answer {
        // The probe's call goes to the zero address, the simulation's creates a contract.
        const auto& call = parameters.at(0).at("blockStateCalls").at(0).at("calls").at(0);
        ++node->head;
        if (call.contains("to")) return simulated(kCallSucceeded)(parameters);
        return rpc_error(-32000, "header not found");
    });
    expect_error(run(), ErrorCode::unavailable, "E_SIMULATION_NODE");
}

TEST_F(simulator, a_result_of_another_block_is_no_result) {
    ASSERT_TRUE(run().has_value());
    node->on(
        "eth_simulateV1", rpc_result(Json::array({Json{
                              {"parentHash", "0x" + std::string(64, 'e')},
                              {"calls", Json::array({kCallSucceeded})}}})));
    expect_error(run(), ErrorCode::bad_response, "E_NODE_ANSWER");
}

TEST_F(simulator, of_several_endpoints_asks_one_for_the_block_and_what_it_can) {
    const auto other = std::make_shared<test::MethodNode>();
    other->head = 17;
    other->on("eth_call", rpc_result("0x")).on("eth_estimateGas", rpc_result("0x5208"));
    subject = Simulator{ChainClient{
        base(), {PooledClient{"https://a", node}, PooledClient{"https://b", other}}, {}}};
    EXPECT_EQ(one().provider, Provider::eth_simulate_v1);
    EXPECT_EQ(other->asked("eth_simulateV1"), 0U);

    node->on("eth_getBlockByNumber", fail(ErrorCode::unavailable, "gone"));
    const auto result = one();
    EXPECT_EQ(result.provider, Provider::eth_call) << "the other one can no more";
    EXPECT_TRUE(result.degraded);
    EXPECT_EQ(result.block_number, BlockNumber{17});
    EXPECT_EQ(to_hex(*result.block_hash), other->hash());
    EXPECT_EQ(subject.capabilities(0)->simulate_v1, Support::by_hash);
    EXPECT_EQ(subject.capabilities(1)->simulate_v1, Support::absent);
}

class with_tenderly : public simulator {
protected:
    with_tenderly() {
        chains::simulation::SimulationResult result;
        result.outcome = Outcome::success;
        result.provider = Provider::tenderly;
        tenderly = std::make_shared<FakeTenderly>(std::vector{result});
        subject = Simulator{ChainClient{base(), node}, tenderly};
    }
    std::shared_ptr<FakeTenderly> tenderly;
};

TEST_F(with_tenderly, it_is_asked_first_at_the_block_of_the_node) {
    EXPECT_EQ(one().provider, Provider::tenderly);
    EXPECT_EQ(tenderly->block, BlockNumber{16});
    EXPECT_EQ(node->asked("eth_simulateV1"), 0U);
}

TEST_F(with_tenderly, its_failure_is_no_success_and_the_node_is_asked) {
    for (const auto code :
         {ErrorCode::timed_out, ErrorCode::unavailable, ErrorCode::bad_response,
          ErrorCode::denied}) {
        tenderly->answer = fail(code, "no");
        EXPECT_EQ(one().provider, Provider::eth_simulate_v1);
    }
    node->on("eth_simulateV1", fail(ErrorCode::timed_out, "slow"));
    EXPECT_FALSE(run().has_value()) << "nobody said that it succeeds";
}

}  // namespace
}  // namespace chela::sidecar::node
