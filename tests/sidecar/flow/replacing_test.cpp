#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

namespace chela::sidecar::flow {
namespace {

class lane_replacing : public World {
protected:
    lane_replacing() {
        options.rules.bump_after = 3;
        restart();
    }
    [[nodiscard]] std::vector<store::AttemptRecord> attempts(const std::string& id) const {
        return *process->store->attempts(id);
    }
    void expect_attempts(const std::string& id, std::size_t count) {
        ASSERT_TRUE(test::run_until(process->context, [&] { return attempts(id).size() == count; }))
            << attempts(id).size() << ' ' << intent(id).error_message;
    }
    /// The one with this number is what the pool has.
    void expect_in_pool(const std::string& id, std::size_t number) {
        ASSERT_TRUE(test::run_until(process->context, [&] {
            return node->hash_at(intent(id).nonce->value) ==
                   to_hex(attempts(id).at(number - 1).hash);
        }));
    }
    [[nodiscard]] static Wei price(const store::AttemptRecord& attempt) {
        return chains::max_gas_price(chains::decode_signed(attempt.signed_bytes)->transaction);
    }
};

TEST_F(lane_replacing, what_is_not_included_is_bumped_as_the_same_with_higher_fees) {
    const auto id = submitted("a", IntentState::broadcast);
    node->mine_empty(2);
    expect_asked("eth_getTransactionCount", 3);
    EXPECT_EQ(attempts(id).size(), 1U);
    node->mine_empty(1);
    expect_attempts(id, 2);
    expect_in_pool(id, 2);
    const auto all = attempts(id);
    EXPECT_EQ(all[1].kind, chains::lane::AttemptKind::bump);
    const auto first = chains::decode_signed(all[0].signed_bytes)->transaction;
    const auto second = chains::decode_signed(all[1].signed_bytes)->transaction;
    EXPECT_EQ(chains::to(first), chains::to(second));
    EXPECT_EQ(chains::value(first), chains::value(second));
    EXPECT_EQ(chains::nonce(first), chains::nonce(second));
    EXPECT_GT(price(all[1]), price(all[0]));
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(intent(id).hash, all[1].hash);
    EXPECT_EQ(charges(), 1U) << "a nonce counts once";
}

TEST_F(lane_replacing, the_first_one_may_win_and_is_found) {
    node->intercept = [this](
                          const std::string& method,
                          const Json& parameters) -> std::optional<test::FakeChain::Answer> {
        const bool is_bump = method == "eth_sendRawTransaction" && node->sent.size() > 1 &&
                             parameters.at(0) != node->sent.front();
        if (!is_bump) return std::nullopt;
        return fail(ErrorCode::timed_out, "lost");
    };
    const auto id = submitted("a", IntentState::broadcast);
    node->mine_empty(3);
    expect_attempts(id, 2);
    const auto first = attempts(id)[0].hash;
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(intent(id).hash, first);
    EXPECT_EQ(intent(id).mined_attempt, 1U);
}

TEST_F(lane_replacing, a_bump_goes_with_the_market) {
    const auto id = submitted("a", IntentState::broadcast);
    node->base_fee = "0x3e8";
    node->mine_empty(3);
    expect_attempts(id, 2);
    EXPECT_GE(price(attempts(id)[1]).value, U256{2'000});
}

TEST_F(lane_replacing, only_the_head_of_the_lane_is_bumped) {
    const auto first = submitted("a", IntentState::broadcast);
    const auto second = submitted("b", IntentState::broadcast);
    node->mine_empty(3);
    expect_attempts(first, 2);
    expect_in_pool(first, 2);
    EXPECT_EQ(attempts(second).size(), 1U);
}

TEST_F(lane_replacing, at_the_cap_it_stalls_and_says_why_and_stays_in_the_pool) {
    const auto id = submitted("a", IntentState::broadcast);
    node->base_fee = "0x2386f26fc10000";  // 0.01 ether a unit of gas: over 1 ether for 21000
    node->mine_empty(3);
    expect_reaches(id, IntentState::stalled);
    EXPECT_EQ(intent(id).error_code, "E_FEE_CAP");
    EXPECT_EQ(attempts(id).size(), 1U);
    node->base_fee = "0x64";
    node->mine_empty(3);
    expect_attempts(id, 2);
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(intent(id).error_code, "");
}

TEST_F(lane_replacing, what_the_balance_does_not_carry_is_not_signed) {
    const auto id = submitted("a", IntentState::broadcast);
    node->balance = "0x1";
    node->mine_empty(3);
    expect_reaches(id, IntentState::stalled);
    EXPECT_EQ(intent(id).error_code, "E_INSUFFICIENT_FUNDS");
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(lane_replacing, an_agent_that_may_sign_no_more_is_bumped_no_more_but_can_be_cancelled) {
    const auto id = submitted("a", IntentState::broadcast);
    deactivate_agent();
    node->mine_empty(3);
    expect_reaches(id, IntentState::stalled);
    EXPECT_EQ(intent(id).error_code, "E_AGENT_INACTIVE");
    ASSERT_TRUE(
        test::await(process->context, process->intents.cancel(id, "operator", soon())).has_value());
    expect_attempts(id, 2);
    expect_in_pool(id, 2);
    node->mine();
    expect_reaches(id, IntentState::cancelled);
}

TEST_F(lane_replacing, after_a_restart_the_blocks_that_it_waited_still_count) {
    const auto id = submitted("a", IntentState::broadcast);
    node->mine_empty(2);
    restart();
    node->mine_empty(1);
    expect_attempts(id, 2);
}

TEST_F(lane_replacing, a_replacement_that_was_approved_is_signed_after_a_restart) {
    const auto id = submitted("a", IntentState::broadcast);
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"});
    node->mine_empty(3);
    ASSERT_TRUE(
        test::run_until(process->context, [&] { return intent(id).error_code == "timed_out"; }));
    EXPECT_EQ(attempts(id).size(), 1U);
    token.behaviour.fail_sign(std::nullopt);
    restart();
    expect_attempts(id, 2);
    expect_in_pool(id, 2);
    EXPECT_EQ(attempts(id)[1].kind, chains::lane::AttemptKind::bump);
}

TEST_F(lane_replacing, sped_up_at_once_wherever_it_stands_and_by_as_much_as_is_wished) {
    submitted("a", IntentState::broadcast);
    const auto id = submitted("b", IntentState::broadcast);
    ASSERT_TRUE(test::await(
                    process->context,
                    process->intents.speed_up(
                        id, chains::fees::Eip1559Fees{wei(5'000), wei(70)}, "agent:x", soon()))
                    .has_value());
    expect_attempts(id, 2);
    expect_in_pool(id, 2);
    EXPECT_EQ(price(attempts(id)[1]), wei(5'000));
    EXPECT_EQ(intent(id).speed_up, "");
}

}  // namespace
}  // namespace chela::sidecar::flow
