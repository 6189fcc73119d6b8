#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

#include <algorithm>

namespace chela::sidecar::flow {
namespace {

using Numbers = std::vector<std::uint64_t>;

class lane_driver : public World {
protected:
    void need_confirmations(std::uint64_t count) {
        confirmations = count;
        restart();
    }
    /// Every eth_sendRawTransaction is answered with `answer`; the node takes the bytes first, or
    /// does not.
    void answer_sends(test::FakeChain::Answer answer, bool is_taken) {
        node->intercept = [this, answer, is_taken](
                              const std::string& method,
                              const Json& parameters) -> std::optional<test::FakeChain::Answer> {
            if (method != "eth_sendRawTransaction") return std::nullopt;
            if (is_taken) static_cast<void>(node->take(parameters.at(0).get<std::string>()));
            return answer;
        };
    }
    /// Rounds of the driver that looked at the chain.
    void expect_rounds(std::uint64_t count) { expect_asked("eth_getTransactionCount", count); }
    [[nodiscard]] bool is_all_sent(const Bytes& bytes) const {
        return std::ranges::all_of(
            node->sent, [&](const auto& raw) { return raw == to_hex(bytes); });
    }
    [[nodiscard]] static IntentRequest sign_only_request() {
        auto request = request_to_alice();
        request.delivery = Delivery::sign_only;
        return request;
    }
    void caller_sends(const std::string& id) {
        EXPECT_TRUE(node->take(to_hex(intent(id).signed_bytes))->result);
    }
};

TEST_F(lane_driver, an_accepted_send_whose_reply_is_lost_is_sent_again_with_the_same_bytes) {
    answer_sends(fail(ErrorCode::timed_out, "lost"), true);
    const auto id = submitted("a", IntentState::signed_);
    EXPECT_EQ(intent(id).error_code, "E_NODE_UNCLEAR");
    node->intercept = nullptr;
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(intent(id).error_code, "");
    EXPECT_GE(node->sent.size(), 2U);
    EXPECT_TRUE(is_all_sent(intent(id).signed_bytes));
    EXPECT_EQ(token.behaviour.signatures(), 1U);
    node->mine();
    expect_reaches(id, IntentState::confirmed);
}

TEST_F(lane_driver, one_that_was_mined_although_every_reply_was_lost_is_found) {
    answer_sends(fail(ErrorCode::timed_out, "lost"), true);
    const auto id = submitted("a", IntentState::signed_);
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(lane_driver, another_hash_in_the_reply_is_not_taken_for_ours) {
    answer_sends(test::rpc_result(to_hex(TxHash{})), false);
    const auto id = submitted("a", IntentState::signed_);
    EXPECT_EQ(intent(id).error_code, "E_NODE_UNCLEAR");
    node->intercept = nullptr;
    expect_reaches(id, IntentState::broadcast);
}

TEST_F(lane_driver, nothing_goes_out_before_what_stands_below_it) {
    answer_sends(test::rpc_error(-32000, "txpool is full"), false);
    const auto first = submitted("a", IntentState::signed_);
    EXPECT_EQ(intent(first).error_code, "E_POOL_FULL");
    const auto second = begun("b", IntentState::signed_);
    expect_rounds(3);
    EXPECT_TRUE(is_all_sent(intent(first).signed_bytes));
    const auto refused = node->sent.size();
    node->intercept = nullptr;
    expect_reaches(second, IntentState::broadcast);
    const auto nonces = node->sent_nonces();
    EXPECT_EQ(
        (Numbers{
            nonces.begin() + static_cast<std::ptrdiff_t>(refused),
            nonces.begin() + static_cast<std::ptrdiff_t>(refused) + 2}),
        (Numbers{0, 1}));
    EXPECT_EQ(token.behaviour.signatures(), 2U);
}

TEST_F(lane_driver, what_is_signed_late_goes_out_before_what_stands_above_it) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"}, Nonce{0});
    const auto first = submitted("a", IntentState::reserved);
    const auto second = begun("b", IntentState::signed_);
    expect_rounds(2);
    EXPECT_TRUE(node->sent.empty());
    token.behaviour.fail_sign(std::nullopt);
    expect_reaches(second, IntentState::broadcast);
    expect_reaches(first, IntentState::broadcast);
    ASSERT_GE(node->sent.size(), 2U);
    const auto nonces = node->sent_nonces();
    EXPECT_EQ((Numbers{nonces.at(0), nonces.at(1)}), (Numbers{0, 1}));
}

TEST_F(lane_driver, one_with_another_behind_it_keeps_its_nonce_although_its_signature_fails) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"}, Nonce{0});
    const auto first = submitted("a", IntentState::reserved);
    const auto second = begun("b", IntentState::signed_);
    token.behaviour.fail_sign(Error{ErrorCode::unavailable, "gone", "E_GONE"}, Nonce{0});
    ASSERT_TRUE(
        test::run_until(process->context, [&] { return intent(first).error_code == "E_GONE"; }));
    EXPECT_EQ(intent(first).state, IntentState::reserved);
    EXPECT_EQ(intent(first).nonce, Nonce{0});
    token.behaviour.fail_sign(std::nullopt);
    expect_reaches(second, IntentState::broadcast);
    node->mine();
    expect_reaches(first, IntentState::confirmed);
    expect_reaches(second, IntentState::confirmed);
}

TEST_F(lane_driver, a_token_that_hangs_keeps_the_reservation_and_one_signature_goes_out) {
    options.step_timeout = std::chrono::milliseconds{1'500};
    restart();
    token.behaviour.hold();
    const auto id = submitted("a", IntentState::reserved);
    EXPECT_EQ(intent(id).error_code, "timed_out");
    EXPECT_EQ(highest_nonce(), Nonce{0});
    EXPECT_EQ(charges(), 1U);
    token.behaviour.release();
    expect_reaches(id, IntentState::broadcast);
    EXPECT_TRUE(is_all_sent(intent(id).signed_bytes));
}

TEST_F(lane_driver, a_nonce_is_never_used_twice_even_when_the_node_falls_behind) {
    const auto first = submitted("a", IntentState::broadcast);
    node->mine();
    expect_reaches(first, IntentState::confirmed);
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{1});
    node->count = 0;
    EXPECT_EQ(intent(submitted("c", IntentState::broadcast)).nonce, Nonce{2});
}

TEST_F(lane_driver, nonces_that_others_used_are_passed_over) {
    node->count = 7;
    EXPECT_EQ(intent(submitted("a", IntentState::broadcast)).nonce, Nonce{7});
}

TEST_F(lane_driver, enough_confirmations_are_waited_for) {
    need_confirmations(3);
    const auto id = submitted("a", IntentState::broadcast);
    node->mine();
    expect_reaches(id, IntentState::mined);
    ++node->head;
    expect_rounds(4);
    EXPECT_EQ(intent(id).state, IntentState::mined);
    ++node->head;
    expect_reaches(id, IntentState::confirmed);
}

TEST_F(lane_driver, one_whose_block_is_gone_is_sent_again_with_the_same_bytes) {
    need_confirmations(3);
    const auto id = submitted("a", IntentState::broadcast);
    const auto hash = intent(id).hash;
    node->mine();
    expect_reaches(id, IntentState::mined);
    const auto before = node->sent.size();
    node->reorg();
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(intent(id).block_hash, std::nullopt);
    ASSERT_TRUE(test::run_until(process->context, [&] { return node->sent.size() > before; }));
    EXPECT_TRUE(is_all_sent(intent(id).signed_bytes));
    EXPECT_EQ(intent(id).hash, hash);
    node->mine();
    node->head += 2;
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(lane_driver, sends_what_was_signed_for_the_caller_only_to_bring_it_back) {
    need_confirmations(3);
    const auto id = submitted("a", IntentState::sign_only, sign_only_request());
    expect_rounds(3);
    caller_sends(id);
    node->mine();
    expect_reaches(id, IntentState::mined);
    EXPECT_TRUE(node->sent.empty());
    node->reorg();
    expect_reaches(id, IntentState::broadcast);
    ASSERT_TRUE(test::run_until(process->context, [&] { return !node->sent.empty(); }));
    EXPECT_EQ(node->sent.front(), to_hex(intent(id).signed_bytes));
    node->mine();
    node->head += 2;
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(lane_driver, nothing_is_sent_above_a_nonce_that_its_caller_has_not_sent) {
    submitted("a", IntentState::sign_only, sign_only_request());
    const auto refused = submit("b");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_LANE_WAITS_FOR_SIGNED");
    EXPECT_TRUE(node->sent.empty());
    submitted("c", IntentState::sign_only, sign_only_request());
}

TEST_F(lane_driver, status_0_ends_as_reverted_and_frees_no_budget) {
    node->executes = false;
    const auto id = submitted("a", IntentState::broadcast);
    node->mine();
    expect_reaches(id, IntentState::reverted);
    const auto value = spent(policy::kGuardrailValueBudget);
    const auto fee = spent(policy::kGuardrailFeeBudget);
    ASSERT_EQ(value.size(), 1U);
    ASSERT_EQ(fee.size(), 1U);
    EXPECT_GT(value.front().charge.amount, U256{0});
    EXPECT_GT(fee.front().charge.amount, U256{42'000}) << "the worst case stays";
}

TEST_F(lane_driver, a_receipt_with_an_impossible_fee_is_not_believed) {
    node->gas_price = to_quantity(U256::max());
    const auto id = submitted("a", IntentState::broadcast);
    node->mine();
    expect_asked("eth_getTransactionReceipt", 3);
    EXPECT_EQ(intent(id).state, IntentState::broadcast);
    EXPECT_EQ(intent(id).block_number, std::nullopt);
    node->gas_price = "0x2";
    expect_reaches(id, IntentState::confirmed);
}

TEST_F(lane_driver, a_nonce_that_was_used_elsewhere_is_told_and_nothing_is_concluded) {
    const auto id = submitted("a", IntentState::broadcast);
    node->count = 1;
    ASSERT_TRUE(test::run_until(
        process->context, [&] { return intent(id).error_code == "E_NONCE_USED_ELSEWHERE"; }));
    EXPECT_EQ(intent(id).state, IntentState::broadcast);
}

}  // namespace
}  // namespace chela::sidecar::flow
