#include "sidecar/node/endpoint_pool.hpp"

#include "tests/sidecar/node/pool_fixture.hpp"

namespace chela::sidecar::node {
namespace {

using namespace std::chrono_literals;
using test::rpc_error;
using test::rpc_result;
using Counts = std::vector<std::size_t>;

class endpoint_pool : public PoolTest {
protected:
    endpoint_pool() { all("eth_getBalance", "0x1"); }
};

TEST_F(endpoint_pool, reads_stick_to_the_first_endpoint_while_it_is_healthy) {
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{5, 0, 0}));
}

TEST_F(endpoint_pool, a_failed_read_goes_to_the_next_endpoint_and_stays_there) {
    for (const auto code :
         {ErrorCode::unavailable, ErrorCode::timed_out, ErrorCode::bad_response}) {
        nodes[0]->trouble = trouble(code);
        EXPECT_TRUE(balance());
        nodes[0]->trouble.reset();
    }
    EXPECT_TRUE(balance());
    EXPECT_EQ(nodes[1]->asked.size(), 4U);
    EXPECT_EQ(nodes[2]->asked.size(), 0U);
}

TEST_F(endpoint_pool, an_answer_of_the_wrong_shape_is_asked_for_elsewhere) {
    nodes[0]->on("eth_getBalance", "garbage");
    EXPECT_EQ(balance().value(), Wei{U256{1}});
    EXPECT_EQ(asked(), (Counts{1, 1, 0}));
    EXPECT_EQ(state(0), EndpointState::failing);
}

TEST_F(endpoint_pool, an_error_object_is_an_answer_and_asked_for_once) {
    nodes[0]->answers["eth_getBalance"] = [](const Json&) {
        return rpc_error(-32000, "header not found");
    };
    expect_error(balance(), ErrorCode::bad_response, "E_NODE_ERROR");
    EXPECT_EQ(asked(), (Counts{1, 0, 0}));
    EXPECT_EQ(state(0), EndpointState::healthy);
}

TEST_F(endpoint_pool, an_error_object_that_asks_for_fewer_requests_is_no_answer) {
    nodes[0]->answers["eth_getBalance"] = [](const Json&) {
        return rpc_error(-32005, "Too Many Requests");
    };
    EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{1, 1, 0}));
}

TEST_F(endpoint_pool, a_read_is_tried_three_times_at_most) {
    for (auto& node : nodes)
        node->answers["eth_getBalance"] = [](const Json&) -> Result<RpcAnswer> {
            return std::unexpected{trouble()};
        };
    expect_error(balance(), ErrorCode::timed_out, "E_TROUBLE");
    EXPECT_EQ(asked(), (Counts{1, 1, 1}));
}

TEST_F(endpoint_pool, a_single_endpoint_is_tried_three_times_too) {
    nodes.resize(1);
    int left = 2;
    nodes[0]->answers["eth_getBalance"] = [&left](const Json&) -> Result<RpcAnswer> {
        if (left-- > 0) return std::unexpected{trouble()};
        return rpc_result("0x7");
    };
    EXPECT_EQ(balance().value(), Wei{U256{7}});
    EXPECT_EQ(asked(), (Counts{3}));
}

TEST_F(endpoint_pool, a_deadline_that_has_passed_asks_nobody_and_blames_nobody) {
    EXPECT_TRUE(balance());
    const auto late = std::chrono::steady_clock::now() - 1ms;
    expect_error(
        await(chain().balance(test::address(1), late)), ErrorCode::unavailable,
        "E_NODE_UNAVAILABLE");
    EXPECT_EQ(asked(), (Counts{1, 0, 0}));
    EXPECT_EQ(state(0), EndpointState::healthy);
}

TEST_F(endpoint_pool, a_back_off_that_the_deadline_would_cut_is_not_begun) {
    nodes.resize(1);
    options.jitter = [] { return 1.0; };
    nodes[0]->answers["eth_getBalance"] = [](const Json&) -> Result<RpcAnswer> {
        return std::unexpected{trouble()};
    };
    const auto deadline = std::chrono::steady_clock::now() + 80ms;
    expect_error(
        await(chain().balance(test::address(1), deadline)), ErrorCode::timed_out, "E_TROUBLE");
    EXPECT_EQ(asked(), (Counts{1}));
}

TEST_F(endpoint_pool, an_endpoint_of_another_chain_is_not_used_and_is_reported) {
    nodes[0]->chain_id = 1;
    EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{0, 1, 0}));
    const auto health = chain().health().at(0);
    EXPECT_EQ(health.state, EndpointState::wrong_chain);
    ASSERT_TRUE(health.last_error);
    EXPECT_EQ(health.last_error->reason, "E_NODE_CHAIN_ID");
    EXPECT_EQ(
        health.last_error->detail,
        "chain base is configured with chain id 8453, but https://node0:443 serves chain id 1; "
        "correct its URL or chain_id");
    EXPECT_EQ(changes.front(), (std::pair<std::size_t, std::string>{0, "wrong_chain"}));
}

TEST_F(endpoint_pool, endpoints_of_other_chains_alone_answer_nothing) {
    for (auto& node : nodes)
        node->chain_id = 1;
    expect_error(balance(), ErrorCode::unavailable, "E_NODE_CHAIN_ID");
    EXPECT_FALSE(await(chain().verify_chain_id(soon())));
    EXPECT_EQ(asked(), (Counts{0, 0, 0}));
}

TEST_F(endpoint_pool, the_chain_id_is_asked_again_after_ten_seconds_and_after_a_failure) {
    nodes.resize(1);
    EXPECT_TRUE(balance());
    EXPECT_TRUE(balance());
    EXPECT_EQ(nodes[0]->chain_ids_asked, 1U);
    time += 10s;
    EXPECT_TRUE(balance());
    EXPECT_EQ(nodes[0]->chain_ids_asked, 2U);
    nodes[0]->answers["eth_getBalance"] = [this](const Json&) -> Result<RpcAnswer> {
        nodes[0]->on("eth_getBalance", "0x1");
        nodes[0]->chain_id = 1;  // whoever answers next is another node
        return std::unexpected{trouble()};
    };
    expect_error(balance(), ErrorCode::timed_out, "E_TROUBLE");
    EXPECT_EQ(nodes[0]->chain_ids_asked, 3U);
    EXPECT_EQ(state(0), EndpointState::wrong_chain);
}

TEST_F(endpoint_pool, five_failures_in_a_row_give_an_endpoint_rest_until_a_trial_succeeds) {
    nodes.resize(1);
    options.tries = 1;
    nodes[0]->trouble = trouble();
    for (int i = 0; i < 5; ++i)
        expect_error(balance(), ErrorCode::timed_out, "E_TROUBLE");
    EXPECT_EQ(state(0), EndpointState::resting);
    const auto before = nodes[0]->chain_ids_asked;
    expect_error(balance(), ErrorCode::unavailable, "E_NODE_RESTING");
    EXPECT_EQ(nodes[0]->chain_ids_asked, before);
    nodes[0]->trouble.reset();
    time += 1s;
    EXPECT_TRUE(balance());
    EXPECT_EQ(state(0), EndpointState::healthy);
}

TEST_F(endpoint_pool, an_endpoint_that_is_too_far_behind_is_not_read_from) {
    nodes[0]->head = 91;
    nodes[1]->head = 92;
    EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{1, 0, 0})) << "one of three cannot rule out the others";
    nodes[1]->head = 100;
    time += 6s;
    EXPECT_TRUE(balance());  // the survey goes on behind it
    EXPECT_TRUE(test::run_until(context, [this] { return state(0) == EndpointState::behind; }));
    EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{2, 1, 0}));
    EXPECT_EQ(chain().health().at(0).head, BlockNumber{91});
}

TEST_F(endpoint_pool, eight_blocks_behind_are_not_too_far) {
    nodes.resize(2);
    nodes[0]->head = 92;
    EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{1, 0}));
}

TEST_F(endpoint_pool, one_that_invents_a_high_head_does_not_take_the_reads_of_two_others) {
    nodes[2]->head = 1'000'000'000;
    EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{1, 0, 0}));
    EXPECT_EQ(state(0), EndpointState::healthy);
}

TEST_F(endpoint_pool, when_those_that_are_left_are_behind_a_read_says_so) {
    nodes.resize(2);
    nodes[0]->head = 10;
    EXPECT_TRUE(balance());
    nodes[1]->trouble = trouble();
    expect_error(balance(), ErrorCode::timed_out, "E_TROUBLE");
    for (int i = 0; i < 5; ++i)
        static_cast<void>(balance());
    expect_error(balance(), ErrorCode::unavailable, "E_NODE_BEHIND");
    EXPECT_EQ(nodes[0]->asked.size(), 0U);
}

TEST_F(endpoint_pool, one_that_asked_for_a_pause_comes_after_the_others) {
    EXPECT_TRUE(balance());
    nodes[0]->pause_until = std::chrono::steady_clock::now() + 1h;
    EXPECT_TRUE(balance());
    EXPECT_EQ(asked(), (Counts{1, 1, 0}));
}

TEST_F(endpoint_pool, a_pause_that_outlasts_the_deadline_is_refused_at_once) {
    nodes.resize(1);
    nodes[0]->pause_until = std::chrono::steady_clock::now() + 1h;
    expect_error(balance(), ErrorCode::unavailable, "E_NODE_RATE_LIMITED");
    EXPECT_EQ(asked(), (Counts{0}));
}

TEST_F(endpoint_pool, a_short_pause_is_waited_out) {
    nodes.resize(1);
    const auto end = std::chrono::steady_clock::now() + 20ms;
    nodes[0]->pause_until = end;
    EXPECT_TRUE(balance());
    EXPECT_GE(std::chrono::steady_clock::now(), end);
}

TEST_F(endpoint_pool, every_request_is_reported) {
    nodes.resize(1);
    nodes[0]->on("eth_getBalance", "garbage");
    options.tries = 1;
    EXPECT_FALSE(balance());
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_TRUE(reports[0].is_answered);
    EXPECT_FALSE(reports[1].is_answered);
}

}  // namespace
}  // namespace chela::sidecar::node
