// Intents that people must approve.
#include "sidecar/telemetry/log.hpp"
#include "tests/sidecar/flow/world.hpp"

namespace chela::sidecar::flow {
namespace {

using namespace std::chrono_literals;
using store::ApprovalStatus;
using store::Vote;

std::string document(unsigned version, unsigned quorum) {
    return fmt::format(
        R"(
schema: chela.policy/1
id: treasury
version: {}
expires: 2027-01-01T00:00:00Z
budgets:
  eth-day: {{asset: native@8453, limit: "3 ETH", window: 24h}}
envelope: {{chains: [8453], tx_types: [2], max_total_fee: "0.1 ETH"}}
permit:
  - {{id: pay, effect: transfer, where: {{asset: native@8453, from: self}}, charge: eth-day}}
review:
  - {{id: big, effect: transfer, where: {{asset: native@8453, amount: {{gt: "1 ETH"}}}}, quorum: {{of: operators, m: {}, ttl: 15m}}}}
)",
        version, quorum);
}

class review : public World {
protected:
    review() {
        use_policy(document(1, 1));
        process->approval_watch.start();
    }

    [[nodiscard]] store::ApprovalRecord approval_of(const std::string& intent_id) const {
        const auto all = process->store->approvals(std::nullopt, 100, 0);
        for (const auto& approval : all.value())
            if (approval.intent_id == intent_id) return approval;
        bug("the test's intent has no approval");
    }
    Result<store::ApprovalRecord> vote(
        const std::string& intent_id, const std::string& approver, Vote vote = Vote::approve) {
        return process->store->vote(
            approval_of(intent_id).id, approver, vote, "because", clock.time);
    }
    std::string held(const std::string& key = "a") {
        return submitted(key, IntentState::awaiting_approval, request_to_alice(ether("2")));
    }
};

TEST_F(review, a_small_payment_needs_nobody) {
    submitted("a", IntentState::broadcast, request_to_alice(ether("1")));
}

TEST_F(review, a_big_one_is_held_without_nonce_budget_or_signature) {
    const auto id = held();
    EXPECT_EQ(intent(id).error_code, "E_AWAITING_APPROVAL");
    EXPECT_EQ(highest_nonce(), std::nullopt);
    EXPECT_EQ(charges(), 0U);
    EXPECT_EQ(token.behaviour.attempts(), 0U);
    const auto approval = approval_of(id);
    EXPECT_EQ(approval.status, ApprovalStatus::pending);
    EXPECT_EQ(approval.minimum, 1U);
    EXPECT_EQ(approval.expires_at, clock.time + 15min);
    EXPECT_NE(approval.summary.find("transfer"), std::string::npos);
    EXPECT_NE(approval.summary.find("\"max_fee\":\""), std::string::npos) << approval.summary;
}

TEST_F(review, the_same_key_shows_that_it_is_held) {
    const auto id = held();
    const auto again = submit("a", request_to_alice(ether("2")));
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.state, IntentState::awaiting_approval);
}

TEST_F(review, an_approved_one_is_decided_afresh_and_goes_out) {
    const auto id = held();
    ASSERT_TRUE(vote(id, "local:1000").has_value());
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
    EXPECT_TRUE(intent(id).error_code.empty());
}

TEST_F(review, a_rejected_one_is_denied) {
    const auto id = held();
    ASSERT_TRUE(vote(id, "local:1000", Vote::reject).has_value());
    expect_reaches(id, IntentState::denied);
    EXPECT_EQ(intent(id).error_code, "E_APPROVAL_REJECTED");
    EXPECT_EQ(token.behaviour.attempts(), 0U);
}

TEST_F(review, one_that_nobody_answers_is_denied) {
    const auto id = held();
    clock.time += 16min;
    expect_reaches(id, IntentState::denied);
    EXPECT_EQ(intent(id).error_code, "E_APPROVAL_EXPIRED");
}

TEST_F(review, two_must_be_two_people) {
    use_policy(document(2, 2));
    const auto id = held();
    ASSERT_TRUE(vote(id, "local:1000").has_value());
    const auto twice = vote(id, "local:1000");
    ASSERT_FALSE(twice.has_value());
    EXPECT_EQ(twice.error().reason, "E_APPROVAL_VOTED");
    EXPECT_EQ(intent(id).state, IntentState::awaiting_approval);
    ASSERT_TRUE(vote(id, "admin:b").has_value());
    expect_reaches(id, IntentState::broadcast);
}

TEST_F(review, an_approval_under_another_policy_signs_nothing) {
    const auto id = held();
    use_policy(document(2, 1));
    ASSERT_TRUE(vote(id, "local:1000").has_value());
    expect_reaches(id, IntentState::denied);
    EXPECT_EQ(intent(id).error_code, "E_APPROVAL_STALE");
    EXPECT_EQ(token.behaviour.attempts(), 0U);
}

TEST_F(review, the_log_says_who_voted_and_what_was_denied_and_why) {
    const auto rejected = held("a");
    const auto stale = held("b");
    const auto late = held("c");
    log::set_level(log::Level::info);
    testing::internal::CaptureStderr();
    ASSERT_TRUE(vote(rejected, "local:1000", Vote::reject).has_value());
    use_policy(document(2, 1));
    ASSERT_TRUE(vote(stale, "local:1000").has_value());
    expect_reaches(stale, IntentState::denied);
    clock.time += 16min;
    expect_reaches(late, IntentState::denied);
    stop();
    const auto log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, testing::HasSubstr(R"("approver":"local:1000","vote":"reject")"));
    EXPECT_THAT(log, testing::HasSubstr(R"("approver":"local:1000","vote":"approve")"));
    const auto denied = [](const std::string& id, const std::string& code) {
        return testing::HasSubstr(
            "\"intent_denied\",\"intent_id\":\"" + id + "\",\"code\":\"" + code + "\"");
    };
    EXPECT_THAT(log, denied(rejected, "E_APPROVAL_REJECTED"));
    EXPECT_THAT(log, denied(stale, "E_APPROVAL_STALE"));
    EXPECT_THAT(log, denied(late, "E_APPROVAL_EXPIRED"));
    EXPECT_THAT(log, testing::Not(testing::HasSubstr("because")));
}

TEST_F(review, an_approval_lifts_no_budget) {
    const auto id = held();
    const auto other = held("b");
    ASSERT_TRUE(vote(id, "local:1000").has_value());
    expect_reaches(id, IntentState::broadcast);
    ASSERT_TRUE(vote(other, "local:1000").has_value());
    expect_reaches(other, IntentState::denied);
    EXPECT_EQ(intent(other).error_code, "E_BUDGET");
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(review, an_approved_one_goes_out_after_a_restart) {
    const auto id = held();
    const auto approval = approval_of(id).id;
    stop();
    start();
    ASSERT_TRUE(process->store->vote(approval, "local:1000", Vote::approve, "", clock.time));
    restart();
    process->approval_watch.start();
    expect_reaches(id, IntentState::broadcast);
    EXPECT_EQ(token.behaviour.signatures(), 1U);
}

TEST_F(review, a_passing_failure_is_tried_again_while_the_approval_holds) {
    const auto id = held();
    token.behaviour.fail_probe(Error{ErrorCode::unavailable, "gone", "E_TOKEN_UNAVAILABLE"});
    ASSERT_TRUE(vote(id, "local:1000").has_value());
    ASSERT_TRUE(test::run_until(
        process->context, [&] { return intent(id).error_code == "E_TOKEN_UNAVAILABLE"; }));
    token.behaviour.fail_probe(std::nullopt);
    expect_reaches(id, IntentState::broadcast);
}

TEST_F(review, one_interrupted_after_its_approval_is_not_lost_by_a_restart) {
    const auto id = held();
    token.behaviour.fail_probe(Error{ErrorCode::unavailable, "gone", "E_TOKEN_UNAVAILABLE"});
    ASSERT_TRUE(vote(id, "local:1000").has_value());
    ASSERT_TRUE(test::run_until(
        process->context, [&] { return intent(id).state == IntentState::received; }));
    token.behaviour.fail_probe(std::nullopt);
    restart();
    process->approval_watch.start();
    expect_reaches(id, IntentState::broadcast);
}

}  // namespace
}  // namespace chela::sidecar::flow
