#include "chains/abi/revert_reason.hpp"
#include "chains/base/hex.hpp"
#include "chains/simulation/methods.hpp"
#include "tests/chains/node/answers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

const PinnedBlock kBlock{BlockNumber{16}, {}, Pinning::by_number};

SimulationResult read(const std::string& name) {
    const auto result = read_trace_call(test::node_result(name));
    EXPECT_TRUE(result) << name << ": " << (result ? "" : result.error().detail);
    return result ? *result : SimulationResult{};
}

std::vector<std::string> amounts(const SimulationResult& result) {
    std::vector<std::string> out;
    for (const auto& move : result.native_moves)
        out.push_back(to_decimal(move.amount.value));
    return out;
}

using Texts = std::vector<std::string>;

TEST(trace_call, asks_for_inner_calls_and_logs) {
    const node::CallRequest call;
    EXPECT_EQ(
        trace_call_parameters(call, kBlock),
        Json::array(
            {node::to_json(call),
             "0x10",
             {{"tracer", "callTracer"},
              {"tracerConfig", {{"onlyTopCall", false}, {"withLog", true}}}}}));
}

TEST(trace_call, anvil_success_gives_logs_and_moves) {
    const auto result = read("anvil-1.7.1/trace_success");
    EXPECT_EQ(result.outcome, Outcome::success);
    EXPECT_EQ(result.provider, Provider::debug_trace_call);
    EXPECT_FALSE(result.degraded);
    EXPECT_EQ(result.gas_used, Gas{0xdf17});
    EXPECT_EQ(result.logs.size(), 1U);
    EXPECT_EQ(amounts(result), (Texts{"100", "50"}));
}

TEST(trace_call, anvil_revert_keeps_the_output) {
    const auto result = read("anvil-1.7.1/trace_revert");
    EXPECT_EQ(result.outcome, Outcome::reverted);
    EXPECT_EQ(result.error, "execution reverted");
    EXPECT_EQ(abi::revert_reason(result.return_data), "no money");
}

TEST(trace_call, a_failed_frame_and_all_below_it_did_nothing) {
    const auto result = read("anvil-1.7.1/trace_nested");
    // 5 wei went to the frame that reverted; 100 in the DELEGATECALL frame is its parent's value
    // once more.
    EXPECT_EQ(amounts(result), (Texts{"100", "4", "2", "50"}));
    EXPECT_EQ(result.logs.size(), 3U);
}

TEST(trace_call, agrees_with_simulate_v1_on_the_same_transaction) {
    const auto traced = read("anvil-1.7.1/trace_success");
    const auto simulated =
        read_simulate_v1(test::node_result("anvil-1.7.1/simulate_success"), 1, kBlock);
    ASSERT_TRUE(simulated);
    EXPECT_EQ(amounts(traced), amounts(simulated->at(0)));
    EXPECT_EQ(traced.logs.size(), simulated->at(0).logs.size());
    EXPECT_EQ(traced.gas_used, simulated->at(0).gas_used);
}

TEST(trace_call, creations_and_destructions_move_their_value) {
    EXPECT_EQ(amounts(read("geth/trace_create_and_selfdestruct")), (Texts{"100", "7", "3"}));
}

TEST(trace_call, a_failed_creation_without_an_address_moves_nothing) {
    EXPECT_EQ(amounts(read("geth/trace_failed_creation")), Texts{});
}

TEST(trace_call, a_reverted_call_has_no_moves_at_all) {
    const auto result = read("geth/trace_revert");
    EXPECT_EQ(result.outcome, Outcome::reverted);
    EXPECT_EQ(amounts(result), Texts{});
    EXPECT_TRUE(result.logs.empty());
}

TEST(trace_call, logs_come_in_the_order_of_execution) {
    const auto result = read("geth/trace_logs_between_calls");
    ASSERT_EQ(result.logs.size(), 3U);
    EXPECT_EQ(result.logs[0].data, Bytes{1});
    EXPECT_EQ(result.logs[1].data, Bytes{2});
    EXPECT_EQ(result.logs[2].data, Bytes{3});
}

TEST(trace_call, callcode_and_staticcall_pay_nobody) {
    Json frame = test::node_result("anvil-1.7.1/trace_success");
    for (const char* type : {"CALLCODE", "STATICCALL", "DELEGATECALL"}) {
        frame["calls"][0]["type"] = type;
        EXPECT_EQ(amounts(*read_trace_call(frame)), (Texts{"100"})) << type;
    }
}

TEST(trace_call, refuses_more_frames_than_the_evm_can_stack) {
    Json frame = {{"type", "CALL"}, {"gasUsed", "0x1"}};
    for (int i = 0; i < 1100; ++i) {
        Json parent = {{"type", "CALL"}, {"gasUsed", "0x1"}};
        parent["calls"] = Json::array();
        parent["calls"].push_back(std::move(frame));
        frame = std::move(parent);
    }
    const auto result = read_trace_call(frame);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::bad_response);
}

}  // namespace
}  // namespace chela::chains::simulation
