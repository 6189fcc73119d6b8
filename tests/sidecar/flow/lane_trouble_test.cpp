#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

namespace chela::sidecar::flow {
namespace {

class lane_in_trouble : public World {
protected:
    [[nodiscard]] policy::Lane lane() const { return {test::kChain, signer}; }
    void expect_frozen() {
        ASSERT_TRUE(test::run_until(
            process->context, [&] { return process->store->lane(lane())->frozen_at.has_value(); }));
    }
    void unfreeze(std::optional<Nonce> lost_below) {
        ASSERT_TRUE(process->store
                        ->unfreeze_lane(
                            lane(), lost_below,
                            {.at = clock.time,
                             .actor = "operator",
                             .action = "lane.unfrozen",
                             .subject = "x",
                             .detail = "{}"})
                        .has_value());
        process->driver.wake(lane());
    }
};

TEST_F(lane_in_trouble, a_foreign_transaction_freezes_it_after_some_blocks_and_no_sooner) {
    const auto id = submitted("a", IntentState::broadcast);
    node->count = 1;
    node->forget_pool();
    node->mine_empty(1);
    ASSERT_TRUE(test::run_until(
        process->context, [&] { return intent(id).error_code == "E_NONCE_USED_ELSEWHERE"; }));
    node->mine_empty(2);
    expect_asked("eth_getTransactionCount", 4);
    EXPECT_FALSE(process->store->lane(lane())->frozen_at.has_value());
    node->mine_empty(1);
    expect_frozen();
    EXPECT_FALSE(store::is_final(intent(id).state));
    const auto refused = submit("b");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_LANE_FROZEN") << refused.error().detail;
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(lane_in_trouble, unfrozen_it_goes_on_above_the_nonces_that_are_lost) {
    const auto id = submitted("a", IntentState::broadcast);
    node->count = 1;
    node->forget_pool();
    for (int i = 0; i < 4; ++i) {
        node->mine_empty(1);
        expect_asked("eth_getTransactionCount", 2);
    }
    expect_frozen();
    unfreeze(Nonce{1});
    EXPECT_EQ(intent(id).state, IntentState::failed);
    EXPECT_EQ(intent(id).error_code, "E_NONCE_FOREIGN");
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{1});
}

TEST_F(lane_in_trouble, a_node_that_lied_is_forgiven_when_the_receipt_turns_up) {
    const auto id = submitted("a", IntentState::broadcast);
    node->mine();
    bool is_lying = true;
    node->intercept = [&is_lying](
                          const std::string& method,
                          const Json&) -> std::optional<test::FakeChain::Answer> {
        if (!is_lying || method != "eth_getTransactionReceipt") return std::nullopt;
        return test::rpc_result(nullptr);
    };
    for (int i = 0; i < 4; ++i) {
        node->mine_empty(1);
        expect_asked("eth_getTransactionCount", 2);
    }
    expect_frozen();
    is_lying = false;
    expect_reaches(id, IntentState::confirmed);
    EXPECT_TRUE(process->store->lane(lane())->frozen_at.has_value()) << "an operator decides";
}

TEST_F(lane_in_trouble, another_owner_stops_it_from_signing_and_sending) {
    const auto id = submitted("a", IntentState::broadcast);
    auto other = store::open_sqlite(folder.path() / "chela.db", store::OpenMode::existing);
    ASSERT_TRUE(other.has_value());
    ASSERT_TRUE((*other)->own_lane(lane()).has_value());
    const auto sent = node->sent.size();
    const auto refused = submit("b");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_LANE_TAKEN");
    node->mine_empty(20);
    process->driver.wake(lane());
    EXPECT_FALSE(test::run_until(
        process->context, [&] { return node->sent.size() > sent; },
        std::chrono::milliseconds{200}));
    EXPECT_EQ(intent(id).state, IntentState::broadcast);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(lane_in_trouble, final_ones_that_a_deep_reorganisation_took_are_handed_in_again) {
    const auto first = submitted("a", IntentState::broadcast);
    node->mine();
    expect_reaches(first, IntentState::confirmed);
    const auto second = submitted("b", IntentState::broadcast);
    const auto bytes = to_hex(intent(first).signed_bytes);
    node->sent.clear();
    node->reorg();
    ASSERT_TRUE(test::run_until(process->context, [&] {
        return std::ranges::find(node->sent, bytes) != node->sent.end();
    }));
    EXPECT_EQ(intent(first).state, IntentState::confirmed) << "what is final stays";
    node->mine();
    node->mine();
    expect_reaches(second, IntentState::confirmed);
    EXPECT_EQ(token.behaviour.signatures(), 2U);
}

TEST_F(lane_in_trouble, what_dropped_out_of_the_pool_is_handed_in_again) {
    const auto id = submitted("a", IntentState::broadcast);
    node->forget_pool();
    node->sent.clear();
    node->mine_empty(3);
    ASSERT_TRUE(test::run_until(process->context, [&] { return !node->sent.empty(); }));
    EXPECT_EQ(node->sent.front(), to_hex(intent(id).signed_bytes));
    node->mine();
    expect_reaches(id, IntentState::confirmed);
}

TEST_F(lane_in_trouble, a_delegated_account_has_one_transaction_in_flight) {
    node->code = "0xef0100" + std::string(40, '1');
    const auto first = submitted("a", IntentState::broadcast);
    const auto second = submitted("b", IntentState::signed_);
    EXPECT_EQ(intent(second).error_code, "E_WAITS_IN_LANE");
    for (const auto nonce : node->sent_nonces())
        EXPECT_EQ(nonce, 0U);
    node->mine();
    expect_reaches(first, IntentState::confirmed);
    expect_reaches(second, IntentState::broadcast);
}

TEST_F(lane_in_trouble, is_recovered_after_its_first_round) {
    submitted("a", IntentState::broadcast);
    stop();
    start();
    const auto recovered = test::await(process->context, process->driver.recover(soon()));
    ASSERT_TRUE(recovered.has_value());
    EXPECT_FALSE(process->driver.is_recovered());
    ASSERT_TRUE(test::run_until(process->context, [&] { return process->driver.is_recovered(); }));
}

}  // namespace
}  // namespace chela::sidecar::flow
