#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

#include <latch>
#include <thread>

namespace chela::sidecar::flow {
namespace {

using submission = World;

TEST_F(submission, goes_out_and_is_followed_to_its_receipt) {
    const auto id = submitted("a", IntentState::broadcast);
    EXPECT_EQ(intent(id).nonce, Nonce{0});
    EXPECT_EQ(node->sent, std::vector{to_hex(intent(id).signed_bytes)});
    EXPECT_EQ(intent(id).max_fee_per_gas, "210");
    EXPECT_EQ(intent(id).simulation_status, "success");
    node->mine();
    expect_reaches(id, IntentState::confirmed);
    EXPECT_EQ(intent(id).gas_used, Gas{21'000});
    EXPECT_EQ(intent(id).block_number, BlockNumber{101});
    const auto fees = spent(policy::kGuardrailFeeBudget);
    ASSERT_EQ(fees.size(), 1U);
    EXPECT_GT(fees.front().charge.amount, U256{42'000}) << "the worst case stays charged";
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(submission, the_same_key_and_request_replay_and_sign_once) {
    const auto id = submitted("a", IntentState::broadcast);
    const auto again = submit("a");
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.id, id);
    EXPECT_EQ(node->sent.size(), 1U);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(submission, the_same_key_with_another_request_is_a_conflict) {
    submitted("a", IntentState::broadcast);
    const auto other = submit("a", request_to_alice(wei(2)));
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().code, ErrorCode::conflict);
    EXPECT_EQ(other.error().reason, "E_IDEMPOTENCY_MISMATCH");
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(submission, two_at_once_with_one_key_are_one) {
    std::optional<Result<Submission>> first;
    boost::asio::co_spawn(
        process->context, process->intents.submit(agent_id, "a", request_to_alice(), soon()),
        [&first](const std::exception_ptr& thrown, Result<Submission> result) {
            EXPECT_FALSE(thrown);
            first = std::move(result);
        });
    const auto second = submit("a");
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().reason, "E_IN_FLIGHT");
    ASSERT_TRUE(test::run_until(process->context, [&] { return first.has_value(); }));
    EXPECT_TRUE(first->has_value());
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(submission, a_denied_one_holds_no_nonce_and_never_reaches_the_key) {
    auto request = request_to_alice();
    request.to = test::address(0xee);
    const auto id = submitted("a", IntentState::denied, request);
    EXPECT_FALSE(intent(id).nonce.has_value());
    EXPECT_FALSE(intent(id).violations.empty());
    EXPECT_EQ(highest_nonce(), std::nullopt);
    EXPECT_EQ(charges(), 0U);
    EXPECT_EQ(token.behaviour.probes() + token.behaviour.attempts(), 0U);
    EXPECT_EQ(node->calls["eth_simulateV1"], 0U);
    const auto again = submit("a", request);
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.state, IntentState::denied);
}

TEST_F(submission, one_that_would_revert_holds_no_nonce_and_never_reaches_the_key) {
    node->simulation_reverts = true;
    const auto id = submitted("a", IntentState::simulation_failed);
    EXPECT_EQ(intent(id).error_code, "E_WOULD_REVERT");
    EXPECT_NE(intent(id).error_message.find("no money"), std::string::npos);
    EXPECT_EQ(highest_nonce(), std::nullopt);
    EXPECT_EQ(token.behaviour.probes() + token.behaviour.attempts(), 0U);
}

TEST_F(submission, a_balance_that_does_not_carry_the_worst_case_ends_it_without_a_nonce) {
    node->balance = "0x1";
    const auto refused = submit("a");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_INSUFFICIENT_FUNDS");
    const auto all = process->store->intents(agent_id, 10);
    ASSERT_EQ(all->size(), 1U);
    EXPECT_EQ(all->front().state, IntentState::failed);
    EXPECT_EQ(highest_nonce(), std::nullopt);
    EXPECT_EQ(token.behaviour.attempts(), 0U);
}

TEST_F(submission, what_waits_on_the_lane_counts_against_the_balance) {
    node->balance = "0x1bc16d674ec80000";  // 2 ether
    submitted("a", IntentState::broadcast, request_to_alice(ether("1.5")));
    const auto refused = submit("b", request_to_alice(ether("1")));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_INSUFFICIENT_FUNDS");
    EXPECT_EQ(highest_nonce(), Nonce{0});
}

TEST_F(submission, a_node_of_another_chain_signs_nothing) {
    node->chain_id = 1;
    const auto refused = submit("a");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_NODE_CHAIN_ID");
    EXPECT_EQ(token.behaviour.attempts(), 0U);
    node->chain_id = test::kChain.value;
    submitted("a", IntentState::broadcast);
}

TEST_F(submission, a_key_that_is_away_is_a_passing_failure_and_costs_no_nonce) {
    token.behaviour.fail_probe(Error{ErrorCode::unavailable, "gone", "E_TOKEN_UNAVAILABLE"});
    const auto failed = submit("a");
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().reason, "E_TOKEN_UNAVAILABLE");
    EXPECT_EQ(highest_nonce(), std::nullopt);
    EXPECT_EQ(charges(), 0U);
    token.behaviour.fail_probe(std::nullopt);
    const auto id = submitted("a", IntentState::broadcast);
    EXPECT_EQ(intent(id).nonce, Nonce{0});
    EXPECT_EQ(process->store->intents(agent_id, 10)->size(), 1U);
}

TEST_F(submission, a_signature_that_fails_for_sure_gives_nonce_and_budget_back) {
    token.behaviour.fail_sign(Error{ErrorCode::unavailable, "gone", "E_TOKEN_UNAVAILABLE"});
    const auto failed = submitted("a", IntentState::failed);
    EXPECT_EQ(intent(failed).error_code, "E_TOKEN_UNAVAILABLE");
    EXPECT_FALSE(intent(failed).nonce.has_value());
    EXPECT_EQ(highest_nonce(), std::nullopt);
    EXPECT_EQ(charges(), 0U);
    token.behaviour.fail_sign(std::nullopt);
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast)).nonce, Nonce{0});
    EXPECT_EQ(node->sent_nonces(), std::vector<std::uint64_t>{0});
}

TEST_F(submission, a_signature_that_may_exist_keeps_the_reservation) {
    token.behaviour.fail_sign(Error{ErrorCode::timed_out, "slow"});
    const auto id = submitted("a", IntentState::reserved);
    EXPECT_EQ(intent(id).nonce, Nonce{0});
    EXPECT_EQ(highest_nonce(), Nonce{0});
    EXPECT_EQ(charges(), 1U);
    token.behaviour.fail_sign(std::nullopt);
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(node->sent_nonces(), std::vector<std::uint64_t>{0});
}

TEST_F(submission, a_requested_nonce_that_is_not_the_next_is_refused) {
    auto request = request_to_alice();
    request.nonce = Nonce{5};
    const auto refused = submit("a", request);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_NONCE_NOT_NEXT");
    EXPECT_EQ(highest_nonce(), std::nullopt);
    request.nonce = Nonce{0};
    EXPECT_EQ(intent(submitted("b", IntentState::broadcast, request)).nonce, Nonce{0});
}

TEST_F(submission, a_path_of_another_key_is_refused_before_anything_is_stored) {
    auto request = request_to_alice();
    request.signing_key_path = "keys/treasury";
    const auto refused = submit("a", request);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_SIGNING_KEY_PATH");
    EXPECT_TRUE(process->store->intents(agent_id, 10)->empty());
    request.signing_key_path = "agents/" + agent_id + "/chains/base/private_key";
    submitted("a", IntentState::broadcast, request);
}

TEST_F(submission, an_agent_that_was_deactivated_signs_nothing) {
    deactivate_agent();
    const auto refused = submit("a");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_AGENT_INACTIVE");
    EXPECT_EQ(token.behaviour.attempts(), 0U);
    EXPECT_EQ(highest_nonce(), std::nullopt);
}

/// Its lane was looked at before it held anything, and is not looked at again without a reason.
TEST_F(submission, that_is_reserved_after_its_caller_gave_up_is_sent_all_the_same) {
    std::latch holds{1}, may_go{1};
    std::thread writer;
    node->intercept = [&](const std::string& method,
                          const Json&) -> std::optional<test::FakeChain::Answer> {
        if (method != "eth_getBalance" || writer.joinable()) return std::nullopt;
        writer = std::thread{[&] {
            const auto held = process->store->transact([&](policy::LedgerTransaction&) -> Status {
                holds.count_down();
                may_go.wait();
                return {};
            });
            EXPECT_TRUE(held.has_value());
        }};
        holds.wait();
        return std::nullopt;
    };
    const auto late = submit(
        "a", request_to_alice(), std::chrono::steady_clock::now() + std::chrono::milliseconds{300});
    EXPECT_EQ(late.error().code, ErrorCode::timed_out);
    // The lane's look, that comes too early.
    static_cast<void>(
        test::run_until(process->context, [] { return false; }, std::chrono::milliseconds{100}));
    may_go.count_down();
    writer.join();
    const auto intents = process->store->intents(agent_id, 1);
    ASSERT_TRUE(intents.has_value());
    expect_reaches(intents->at(0).id, IntentState::broadcast);
    node->intercept = nullptr;
}

}  // namespace
}  // namespace chela::sidecar::flow
