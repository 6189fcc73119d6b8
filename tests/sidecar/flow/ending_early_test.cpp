#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

namespace chela::sidecar::flow {
namespace {

using chains::lane::AttemptKind;

class ending_early : public World {
protected:
    Result<IntentRecord> cancel(const std::string& id) {
        return test::await(process->context, process->intents.cancel(id, "agent:x", soon()));
    }
    [[nodiscard]] std::vector<store::AttemptRecord> attempts(const std::string& id) const {
        return *process->store->attempts(id);
    }
    void expect_cancel_in_pool(const std::string& id) {
        ASSERT_TRUE(test::run_until(process->context, [&] {
            const auto all = attempts(id);
            return !all.empty() && all.back().kind == AttemptKind::cancel &&
                   node->hash_at(intent(id).nonce->value) == to_hex(all.back().hash);
        })) << intent(id).error_message;
    }
};

TEST_F(ending_early, a_transfer_of_nothing_to_itself_takes_its_place) {
    const auto id = submitted("a", IntentState::broadcast);
    EXPECT_EQ(cancel(id)->state, IntentState::cancelling);
    expect_cancel_in_pool(id);
    const auto nothing = chains::decode_signed(attempts(id).back().signed_bytes)->transaction;
    EXPECT_EQ(chains::to(nothing), signer);
    EXPECT_EQ(chains::value(nothing), Wei{});
    EXPECT_TRUE(chains::data(nothing).empty());
    EXPECT_EQ(chains::nonce(nothing), Nonce{0});
    node->mine();
    expect_reaches(id, IntentState::cancelled);
    EXPECT_EQ(intent(id).error_code, "E_CANCELLED");
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{1});
}

TEST_F(ending_early, the_original_wins_when_it_is_what_was_mined) {
    const auto id = submitted("a", IntentState::broadcast);
    node->intercept = [](const std::string& method,
                         const Json&) -> std::optional<test::FakeChain::Answer> {
        if (method != "eth_sendRawTransaction") return std::nullopt;
        return fail(ErrorCode::unavailable, "gone");
    };
    ASSERT_TRUE(cancel(id).has_value());
    ASSERT_TRUE(test::run_until(process->context, [&] { return attempts(id).size() == 2; }));
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(intent(id).mined_attempt, 1U);
}

TEST_F(ending_early, what_is_final_or_mined_is_not_cancelled) {
    const auto id = submitted("a", IntentState::broadcast);
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    const auto refused = cancel(id);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(ending_early, a_cancellation_is_bumped_as_one_until_something_is_mined) {
    options.rules.bump_after = 3;
    restart();
    const auto id = submitted("a", IntentState::broadcast);
    ASSERT_TRUE(cancel(id).has_value());
    expect_cancel_in_pool(id);
    node->mine_empty(3);
    ASSERT_TRUE(test::run_until(process->context, [&] { return attempts(id).size() == 3; }));
    expect_cancel_in_pool(id);
    EXPECT_EQ(attempts(id)[2].kind, AttemptKind::cancel);
    node->mine();
    expect_reaches(id, IntentState::cancelled);
}

TEST_F(ending_early, one_that_its_caller_never_sent_is_filled_and_frees_the_lane) {
    auto request = request_to_alice();
    request.delivery = Delivery::sign_only;
    const auto id = submitted("a", IntentState::sign_only, request);
    ASSERT_TRUE(cancel(id).has_value());
    expect_cancel_in_pool(id);
    node->mine();
    expect_reaches(id, IntentState::cancelled);
    submitted("b", IntentState::broadcast);
}

TEST_F(ending_early, one_that_is_not_signed_lets_its_nonce_go) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"});
    const auto id = submitted("a", IntentState::reserved);
    ASSERT_TRUE(cancel(id).has_value());
    expect_reaches(id, IntentState::cancelled);
    EXPECT_EQ(intent(id).nonce, std::nullopt);
    EXPECT_EQ(charges(), 0U);
    token.behaviour.fail_sign(std::nullopt);
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{0});
}

TEST_F(ending_early, one_that_is_not_signed_with_others_behind_it_is_filled) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"}, Nonce{0});
    const auto first = submitted("a", IntentState::reserved);
    const auto second = begun("b", IntentState::signed_);
    token.behaviour.fail_sign(std::nullopt);
    token.behaviour.hold();
    ASSERT_TRUE(cancel(first).has_value());
    token.behaviour.release();
    expect_reaches(second, IntentState::broadcast);
    node->mine();
    expect_reaches(second, IntentState::confirmed);
    ASSERT_TRUE(
        test::run_until(process->context, [&] { return store::is_final(intent(first).state); }));

    EXPECT_NE(intent(first).state, IntentState::failed);
}

TEST_F(ending_early, what_is_not_mined_in_its_time_is_cancelled) {
    auto request = request_to_alice();
    request.valid_until = clock.time + std::chrono::seconds{10};
    const auto id = submitted("a", IntentState::broadcast, request);
    clock.time += std::chrono::seconds{9};
    expect_asked("eth_getTransactionCount", 3);
    EXPECT_EQ(intent(id).state, IntentState::broadcast);
    clock.time += std::chrono::seconds{1};
    expect_reaches(id, IntentState::cancelling);
    expect_cancel_in_pool(id);
    node->mine();
    expect_reaches(id, IntentState::cancelled);
    EXPECT_EQ(intent(id).error_code, "E_VALID_UNTIL");
}

TEST_F(ending_early, what_comes_too_late_is_not_signed_at_all) {
    auto request = request_to_alice();
    request.valid_until = clock.time;
    const auto id = submitted("a", IntentState::cancelled, request);
    EXPECT_EQ(intent(id).error_code, "E_VALID_UNTIL");
    EXPECT_EQ(token.behaviour.attempts(), 0U);
    EXPECT_EQ(highest_nonce(), std::nullopt);
}

TEST_F(ending_early, what_no_node_ever_takes_fails_and_its_nonce_is_filled) {
    std::string first;
    node->intercept = [&first](
                          const std::string& method,
                          const Json& parameters) -> std::optional<test::FakeChain::Answer> {
        if (method != "eth_sendRawTransaction") return std::nullopt;
        const auto raw = parameters.at(0).get<std::string>();
        if (first.empty()) first = raw;
        if (raw != first) return std::nullopt;
        return test::rpc_error(-32000, "oversized data");
    };
    const auto id = submitted("a", IntentState::signed_);
    EXPECT_EQ(intent(id).error_code, "E_NODE_REFUSED");
    ASSERT_TRUE(test::run_until(process->context, [&] {
        return attempts(id).size() == 2 && attempts(id)[1].kind == AttemptKind::noop &&
               attempts(id)[1].seen_at.has_value();
    }));
    node->mine();
    expect_reaches(id, IntentState::failed);
    EXPECT_EQ(intent(id).error_code, "E_NODE_REFUSED");
    EXPECT_NE(intent(id).error_message.find("oversized data"), std::string::npos);
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{1});
}

TEST_F(ending_early, missing_funds_are_waited_for) {
    bool is_funded = false;
    node->intercept = [&is_funded](
                          const std::string& method,
                          const Json&) -> std::optional<test::FakeChain::Answer> {
        if (method != "eth_sendRawTransaction" || is_funded) return std::nullopt;
        return test::rpc_error(-32000, "insufficient funds for gas * price + value");
    };
    const auto id = submitted("a", IntentState::signed_);
    expect_asked("eth_sendRawTransaction", 5);
    EXPECT_EQ(intent(id).state, IntentState::signed_);
    is_funded = true;
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

}  // namespace
}  // namespace chela::sidecar::flow
