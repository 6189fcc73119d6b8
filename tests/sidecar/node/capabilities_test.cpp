#include "sidecar/node/capabilities.hpp"

#include "sidecar/node/simulator.hpp"
#include "tests/sidecar/node/chain_client_fixture.hpp"
#include "tests/sidecar/node/method_node.hpp"

namespace chela::sidecar::node {
namespace {

using test::kCallSucceeded;
using test::kNoDiff;
using test::kTraced;
using test::rpc_error;
using test::rpc_result;
using test::simulated;

class capabilities : public testing::Test {
protected:
    Result<Capabilities> probe() {
        return test::await(
            context, subject.probe(std::chrono::steady_clock::now() + std::chrono::seconds{30}));
    }
    void run() {
        (void)test::await(
            context,
            subject.simulate(
                {{}}, Detail::moves, std::chrono::steady_clock::now() + std::chrono::seconds{30}));
    }
    boost::asio::io_context context;
    std::shared_ptr<test::MethodNode> node = std::make_shared<test::MethodNode>();
    Simulator subject{ChainClient{base(), node}};
};

TEST_F(capabilities, are_those_of_methods_that_work) {
    node->on("eth_simulateV1", simulated(kCallSucceeded))
        .on("callTracer", test::by_number_alone([](const Json&) -> test::MethodNode::Answer {
                return rpc_result(kTraced);
            }))
        .on("eth_call", rpc_result("0x"));
    const auto found = probe();
    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(
        *found,
        (Capabilities{
            Support::by_hash, Support::by_number, Support::absent, Support::by_hash, true}));
    EXPECT_EQ(subject.capabilities(), *found);
    EXPECT_EQ(
        to_text(*found), "eth_simulateV1, eth_call by block hash; callTracer by block number");
}

TEST_F(capabilities, are_told_in_words_for_operators) {
    EXPECT_EQ(to_text({}), "nothing that simulates");
    Capabilities plain;
    plain.call = Support::by_hash;
    EXPECT_EQ(to_text(plain), "eth_call by block hash; degraded: it cannot show what moves");
}

TEST_F(capabilities, are_not_known_before_they_are_asked_for) {
    EXPECT_EQ(subject.capabilities(), std::nullopt);
}

TEST_F(capabilities, are_asked_for_once) {
    node->on("eth_simulateV1", simulated(kCallSucceeded));
    run();
    const auto probed = node->asked("eth_call");
    EXPECT_EQ(probed, 1U);
    run();
    EXPECT_EQ(node->asked("eth_call"), probed);
}

TEST_F(capabilities, of_a_node_in_trouble_are_uncertain) {
    node->on("eth_simulateV1", rpc_error(-32603, "internal error"))
        .on("eth_call", rpc_result("0x"));
    const auto found = probe();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->simulate_v1, Support::absent);
    EXPECT_FALSE(found->is_certain);
}

TEST_F(capabilities, of_a_node_that_wants_to_be_left_alone_are_an_error) {
    node->on("eth_simulateV1", rpc_error(-32005, "too many requests"));
    expect_error(probe(), ErrorCode::unavailable, "E_NODE_RATE_LIMITED");
    EXPECT_EQ(subject.capabilities(), std::nullopt);
}

TEST_F(capabilities, do_not_count_an_answer_that_cannot_be_read) {
    node->on("eth_simulateV1", rpc_result(Json::object()))
        .on("prestateTracer", rpc_result(Json::array()))
        .on("callTracer", rpc_result("0x"));
    const auto found = probe();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->simulate_v1, Support::absent);
    EXPECT_EQ(found->call_tracer, Support::absent);
    EXPECT_EQ(found->prestate_tracer, Support::absent);
}

TEST_F(capabilities, do_not_count_a_method_that_a_gateway_keeps_away) {
    node->on("eth_simulateV1", fail(ErrorCode::bad_response, "HTTP status 403"))
        .on("callTracer", fail(ErrorCode::bad_response, "HTTP status 403"))
        .on("eth_call", rpc_result("0x"));
    const auto found = probe();
    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->simulate_v1, Support::absent);
    EXPECT_EQ(found->call, Support::by_hash);
    EXPECT_FALSE(found->is_certain) << "it may be there again soon";
    EXPECT_EQ(node->asked("eth_simulateV1"), 1U);
}

TEST_F(capabilities, of_a_node_that_does_not_answer_are_an_error) {
    node->on("eth_simulateV1", fail(ErrorCode::unavailable, "gone"));
    const auto found = probe();
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, ErrorCode::unavailable);
    EXPECT_EQ(subject.capabilities(), std::nullopt);
}

}  // namespace
}  // namespace chela::sidecar::node
