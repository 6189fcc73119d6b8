#include "chains/abi/revert_reason.hpp"
#include "tests/sidecar/node/chain_client_fixture.hpp"

namespace chela::sidecar::node {
namespace {

using chains::simulation::Outcome;
using chains::simulation::Provider;
using test::address;
using test::rpc_error;
using test::rpc_result;
using Texts = std::vector<std::string>;

const RpcAnswer kMissing = rpc_error(-32601, "the method does not exist");

Json simulated(const Json& calls) {
    return Json::array({Json{{"calls", calls}}});
}
const Json kCallSucceeded = {
    {"status", "0x1"}, {"gasUsed", "0x5208"}, {"returnData", "0x"}, {"logs", Json::array()}};
const Json kCallReverted = {
    {"status", "0x0"},
    {"gasUsed", "0x5208"},
    {"returnData", "0x"},
    {"error",
     {{"code", 3}, {"message", "execution reverted"}, {"data", test::revert_data("no money")}}}};
const Json kTraced = {
    {"type", "CALL"},
    {"from", to_hex(address(1))},
    {"to", to_hex(address(2))},
    {"value", "0x0"},
    {"gas", "0x5208"},
    {"gasUsed", "0x5208"},
    {"input", "0x"},
    {"output", "0x"}};

using simulate_call = ChainClientTest;

TEST_F(simulate_call, uses_simulate_v1_where_there_is_one) {
    node->on("eth_simulateV1", rpc_result(simulated(Json::array({kCallSucceeded}))));
    const auto results = await(chain.simulate({{}}, soon()));
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    ASSERT_EQ(results->size(), 1U);
    EXPECT_EQ(results->front().outcome, Outcome::success);
    EXPECT_EQ(results->front().provider, Provider::eth_simulate_v1);
    EXPECT_FALSE(results->front().degraded);
    EXPECT_EQ(node->methods(), Texts{"eth_simulateV1"});
}

TEST_F(simulate_call, a_revert_is_the_answer_and_no_reason_to_ask_elsewhere) {
    node->on("eth_simulateV1", rpc_result(simulated(Json::array({kCallReverted}))));
    const auto results = await(chain.simulate({{}}, soon()));
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    EXPECT_EQ(results->front().outcome, Outcome::reverted);
    EXPECT_EQ(chains::abi::revert_reason(results->front().return_data), "no money");
    EXPECT_EQ(node->methods(), Texts{"eth_simulateV1"});
}

TEST_F(simulate_call, a_top_level_error_is_the_answer_and_no_reason_to_ask_elsewhere) {
    node->on("eth_simulateV1", rpc_error(-38014, "insufficient funds"));
    const auto results = await(chain.simulate({{}, {}}, soon()));
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    ASSERT_EQ(results->size(), 2U);
    for (const auto& result : *results) {
        EXPECT_EQ(result.outcome, Outcome::error);
        EXPECT_EQ(result.error, "insufficient funds");
    }
    EXPECT_EQ(node->methods(), Texts{"eth_simulateV1"});
}

TEST_F(simulate_call, a_revert_that_says_method_not_found_does_not_choose_the_provider) {
    node->on("eth_simulateV1", rpc_error(3, "execution reverted: method not found"));
    ASSERT_TRUE(await(chain.simulate({{}}, soon())).has_value());
    EXPECT_EQ(node->methods(), Texts{"eth_simulateV1"});
}

TEST_F(simulate_call, a_transport_error_is_no_reason_to_ask_elsewhere) {
    node->on("eth_simulateV1", fail(ErrorCode::timed_out, "slow"));
    const auto results = await(chain.simulate({{}}, soon()));
    ASSERT_FALSE(results.has_value());
    EXPECT_EQ(results.error().code, ErrorCode::timed_out);
    EXPECT_EQ(node->methods(), Texts{"eth_simulateV1"});
}

TEST_F(simulate_call, without_simulate_v1_the_call_is_traced) {
    node->on("eth_simulateV1", kMissing).on("debug_traceCall", rpc_result(kTraced));
    const auto results = await(chain.simulate({{}}, soon()));
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    EXPECT_EQ(results->front().outcome, Outcome::success);
    EXPECT_EQ(results->front().provider, Provider::debug_trace_call);
    EXPECT_FALSE(results->front().degraded);
}

TEST_F(simulate_call, a_trace_that_failed_is_the_answer) {
    node->on("eth_simulateV1", kMissing)
        .on("debug_traceCall", rpc_error(-32000, "tracing failed: insufficient funds"));
    const auto results = await(chain.simulate({{}}, soon()));
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    EXPECT_EQ(results->front().outcome, Outcome::error);
    EXPECT_EQ(node->methods(), (Texts{"eth_simulateV1", "debug_traceCall"}));
}

TEST_F(simulate_call, without_tracing_it_is_a_call_marked_degraded) {
    node->on("eth_simulateV1", kMissing)
        .on("debug_traceCall", kMissing)
        .on("eth_call", rpc_result("0x"));
    const auto results = await(chain.simulate({{}}, soon()));
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    ASSERT_EQ(results->size(), 1U);
    EXPECT_EQ(results->front().outcome, Outcome::success);
    EXPECT_EQ(results->front().provider, Provider::eth_call);
    EXPECT_TRUE(results->front().degraded);
}

TEST_F(simulate_call, a_plain_call_that_reverts_or_answers_garbage_is_no_success) {
    for (int i = 0; i < 2; ++i)
        node->on("eth_simulateV1", kMissing).on("debug_traceCall", kMissing);
    node->on(
            "eth_call",
            rpc_error(3, "execution reverted", Json(test::revert_data("no money")).dump()))
        .on("eth_call", rpc_result(Json::object()));
    const auto reverted = await(chain.simulate({{}}, soon()));
    ASSERT_TRUE(reverted.has_value());
    EXPECT_EQ(reverted->front().outcome, Outcome::reverted);
    EXPECT_TRUE(reverted->front().degraded);
    const auto garbage = await(chain.simulate({{}}, soon()));
    ASSERT_TRUE(garbage.has_value());
    EXPECT_EQ(garbage->front().outcome, Outcome::error);
}

TEST_F(simulate_call, a_bundle_needs_simulate_v1) {
    node->on("eth_simulateV1", kMissing);
    expect_error(
        await(chain.simulate({{}, {}}, soon())), ErrorCode::unsupported,
        "E_SIMULATE_BUNDLE_UNSUPPORTED");
    EXPECT_EQ(node->methods(), Texts{"eth_simulateV1"});
}

}  // namespace
}  // namespace chela::sidecar::node
