#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

using enum IntentState;

Hash256 digest_of(std::uint8_t byte) {
    Hash256 digest;
    digest.bytes.fill(byte);
    return digest;
}

ApprovalRecord approval_of_intent(const std::string& intent, unsigned minimum = 1) {
    return {
        .id = "approval-" + intent,
        .intent_id = intent,
        .agent_id = kAgent,
        .action = "transaction",
        .summary = R"({"to":"somebody"})",
        .fingerprint = "print-" + intent,
        .policy_digests = {digest_of(1), digest_of(2)},
        .quorum_of = "operators",
        .minimum = minimum,
        .expires_at = kNow + 15min,
        .status = ApprovalStatus::pending,
        .created_at = kNow,
        .decided_at = {},
        .decision_reason = "",
        .votes = {}};
}

class ApprovalTest : public StoreTest {
protected:
    void hold(const std::string& id, unsigned minimum = 1) {
        insert(id);
        expect_ok(store->insert_approval(approval_of_intent(id, minimum)));
    }
    Result<ApprovalRecord> say(
        const std::string& intent,
        Vote vote,
        const std::string& approver = "operator:ada",
        TimePoint at = kNow + 1min) {
        return store->vote("approval-" + intent, approver, vote, "because", at);
    }
    std::optional<policy::Approval> seen_by_gate(const std::string& intent, TimePoint at) {
        std::optional<policy::Approval> out;
        expect_ok(store->transact([&](policy::LedgerTransaction& ledger) -> Status {
            auto found = ledger.approval(intent, at);
            if (!found) return std::unexpected{found.error()};
            out = *std::move(found);
            return {};
        }));
        return out;
    }
    void expect_reason(const Result<ApprovalRecord>& result, const std::string& reason) {
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().reason, reason) << result.error().detail;
    }
};

TEST_F(ApprovalTest, an_approval_comes_back_whole_and_holds_its_intent) {
    hold("i", 2);
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    reopen();
    const auto read = store->approval("approval-i");
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    const auto right = approval_of_intent("i", 2);
    EXPECT_EQ(read->id, right.id);
    EXPECT_EQ(read->intent_id, "i");
    EXPECT_EQ(read->agent_id, kAgent);
    EXPECT_EQ(read->action, right.action);
    EXPECT_EQ(read->summary, right.summary);
    EXPECT_EQ(read->fingerprint, right.fingerprint);
    EXPECT_EQ(read->policy_digests, right.policy_digests);
    EXPECT_EQ(read->quorum_of, "operators");
    EXPECT_EQ(read->minimum, 2U);
    EXPECT_EQ(read->expires_at, right.expires_at);
    EXPECT_EQ(read->created_at, kNow);
    EXPECT_EQ(read->status, ApprovalStatus::pending);
    EXPECT_EQ(read->decided_at, std::nullopt);
    ASSERT_EQ(read->votes.size(), 1U);
    EXPECT_EQ(
        read->votes[0], (ApprovalVote{"operator:ada", Vote::approve, "because", kNow + 1min}));
    EXPECT_EQ(state_of("i"), awaiting_approval);
    EXPECT_TRUE(store->received_intents()->empty());
    EXPECT_TRUE(charges().empty()) << "it holds neither nonce nor budget";
}

TEST_F(ApprovalTest, enough_different_approvers_are_needed) {
    hold("i", 2);
    EXPECT_EQ(say("i", Vote::approve)->status, ApprovalStatus::pending);
    EXPECT_EQ(seen_by_gate("i", kNow + 1min), std::nullopt);
    expect_reason(say("i", Vote::approve), "E_APPROVAL_VOTED");
    expect_reason(say("i", Vote::reject), "E_APPROVAL_VOTED");
    const auto decided = say("i", Vote::approve, "operator:bob", kNow + 2min);
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(decided->status, ApprovalStatus::approved);
    EXPECT_EQ(decided->decided_at, kNow + 2min);
    EXPECT_EQ(decided->votes.size(), 2U);
    EXPECT_EQ(store->approval("approval-i")->status, ApprovalStatus::approved);
    const auto seen = seen_by_gate("i", kNow + 3min);
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->approvers, (std::set<std::string>{"operator:ada", "operator:bob"}));
    EXPECT_EQ(seen->policy_digests, approval_of_intent("i").policy_digests);
    EXPECT_EQ(seen->fingerprint, "print-i");
    EXPECT_EQ(state_of("i"), awaiting_approval) << "until it is taken up again";
}

TEST_F(ApprovalTest, one_no_is_enough) {
    hold("i", 3);
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    const auto decided = say("i", Vote::reject, "operator:bob");
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(decided->status, ApprovalStatus::rejected);
    EXPECT_EQ(decided->decision_reason, "because");
    const auto intent = *store->intent("i");
    EXPECT_EQ(intent.state, denied);
    EXPECT_EQ(intent.error_code, "E_APPROVAL_REJECTED");
    EXPECT_EQ(seen_by_gate("i", kNow + 1min), std::nullopt);
    expect_reason(say("i", Vote::approve, "operator:eve"), "E_APPROVAL_DECIDED");
    expect_error(store->return_to_received("i", kNow + 1min), ErrorCode::conflict);
}

TEST_F(ApprovalTest, what_was_decided_stays) {
    hold("i");
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    expect_reason(say("i", Vote::reject, "operator:bob"), "E_APPROVAL_DECIDED");
    EXPECT_EQ(store->approval("approval-i")->votes.size(), 1U);
    EXPECT_EQ(state_of("i"), awaiting_approval);
}

TEST_F(ApprovalTest, agents_and_nobody_cannot_approve) {
    hold("i");
    const auto by_agent = say("i", Vote::approve, "agent:agent-1");
    expect_error(by_agent, ErrorCode::denied);
    EXPECT_EQ(by_agent.error().reason, "E_APPROVAL_BY_AGENT");
    expect_error(say("i", Vote::approve, ""), ErrorCode::invalid_input);
    expect_error(say("unknown", Vote::approve), ErrorCode::not_found);
    EXPECT_TRUE(store->approval("approval-i")->votes.empty());
}

TEST_F(ApprovalTest, a_vote_that_cannot_be_recorded_is_not_counted) {
    hold("i");
    expect_error(
        store->vote("approval-i", "operator:ada", Vote::approve, "\xff", kNow),
        ErrorCode::invalid_input);
    EXPECT_EQ(store->approval("approval-i")->status, ApprovalStatus::pending);
    EXPECT_TRUE(store->approval("approval-i")->votes.empty());
}

TEST_F(ApprovalTest, the_end_of_an_approval_is_exact) {
    hold("i");
    hold("j");
    const auto end = approval_of_intent("i").expires_at;
    expect_reason(say("i", Vote::approve, "operator:ada", end), "E_APPROVAL_EXPIRED");
    ASSERT_TRUE(say("i", Vote::approve, "operator:ada", end - 1ms).has_value());
    EXPECT_TRUE(seen_by_gate("i", end - 1ms).has_value());
    EXPECT_EQ(seen_by_gate("i", end), std::nullopt) << "an approval that nobody used is void";
    const auto late = store->return_to_received("i", end);
    expect_error(late, ErrorCode::conflict);
    EXPECT_EQ(late.error().reason, "E_APPROVAL_NOT_GIVEN");
    EXPECT_TRUE(store->expire_approvals(end - 1ms)->empty());
    const auto lapsed = store->expire_approvals(end);
    ASSERT_EQ(lapsed->size(), 2U);
    EXPECT_EQ(lapsed->at(0).intent_id, "i");
    EXPECT_EQ(lapsed->at(1).intent_id, "j");
    for (const auto* id : {"i", "j"}) {
        EXPECT_EQ(state_of(id), denied);
        EXPECT_EQ(store->intent(id)->error_code, "E_APPROVAL_EXPIRED");
        EXPECT_EQ(store->approval(std::string{"approval-"} + id)->status, ApprovalStatus::expired);
    }
    EXPECT_TRUE(store->expire_approvals(end)->empty()) << "once";
    expect_reason(say("j", Vote::approve), "E_APPROVAL_EXPIRED");
}

TEST_F(ApprovalTest, an_approved_intent_is_taken_up_again_and_reserved) {
    hold("i");
    const auto early = store->return_to_received("i", kNow);
    expect_error(early, ErrorCode::conflict);
    EXPECT_EQ(early.error().reason, "E_APPROVAL_NOT_GIVEN");
    expect_error(reserve("i", 0), ErrorCode::conflict);
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    expect_error(reserve("i", 0), ErrorCode::conflict);
    expect_ok(store->return_to_received("i", kNow + 2min));
    expect_ok(store->return_to_received("i", kNow + 2min));
    EXPECT_EQ(state_of("i"), received);
    expect_ok(reserve("i", 0));
    EXPECT_TRUE(store->expire_approvals(kNow + 1h)->empty()) << "it was used";
    EXPECT_EQ(store->approval("approval-i")->status, ApprovalStatus::approved);
    expect_error(store->return_to_received("i", kNow + 2min), ErrorCode::conflict);
}

TEST_F(ApprovalTest, an_approved_intent_that_never_got_a_nonce_ends_with_its_approval) {
    hold("i");
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    expect_ok(store->return_to_received("i", kNow + 2min));
    const auto end = approval_of_intent("i").expires_at;
    EXPECT_TRUE(store->expire_approvals(end - 1ms)->empty());
    EXPECT_EQ(store->expire_approvals(end)->size(), 1U);
    EXPECT_EQ(state_of("i"), IntentState::denied);
    expect_error(reserve("i", 0), ErrorCode::conflict);
}

TEST_F(ApprovalTest, a_later_request_replaces_an_approval_that_was_given) {
    hold("i");
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    expect_ok(store->return_to_received("i", kNow + 1min));
    auto second = approval_of_intent("i");
    second.id = "second";
    second.policy_digests = {digest_of(9)};
    expect_ok(store->insert_approval(second));
    EXPECT_EQ(store->approval("approval-i")->status, ApprovalStatus::expired);
    EXPECT_EQ(seen_by_gate("i", kNow + 1min), std::nullopt);
    ASSERT_TRUE(store->vote("second", "operator:ada", Vote::approve, "", kNow + 1min).has_value());
    EXPECT_EQ(seen_by_gate("i", kNow + 1min)->policy_digests, second.policy_digests);
}

TEST_F(ApprovalTest, only_a_received_intent_of_that_agent_and_fingerprint_is_held) {
    insert("i");
    expect_error(store->insert_approval(approval_of_intent("nobody")), ErrorCode::not_found);
    const std::vector<std::pair<ErrorCode, std::function<void(ApprovalRecord&)>>> changes{
        {ErrorCode::conflict, [](ApprovalRecord& a) { a.agent_id = "agent-2"; }},
        {ErrorCode::conflict, [](ApprovalRecord& a) { a.fingerprint = "other"; }},
        {ErrorCode::invalid_input, [](ApprovalRecord& a) { a.minimum = 0; }},
        {ErrorCode::invalid_input, [](ApprovalRecord& a) { a.expires_at = a.created_at; }},
        {ErrorCode::invalid_input, [](ApprovalRecord& a) { a.status = ApprovalStatus::approved; }},
    };
    for (const auto& [code, change] : changes) {
        auto approval = approval_of_intent("i");
        change(approval);
        expect_error(store->insert_approval(approval), code);
        EXPECT_EQ(state_of("i"), received);
    }
    expect_ok(store->insert_approval(approval_of_intent("i")));
    expect_error(store->insert_approval(approval_of_intent("i")), ErrorCode::conflict);
    bring("j", 0, reserved);
    expect_error(store->insert_approval(approval_of_intent("j")), ErrorCode::conflict);
    EXPECT_EQ(store->approvals({}, 10, 0)->size(), 1U);
}

TEST_F(ApprovalTest, an_intent_that_ends_while_it_waits_ends_its_approval) {
    hold("i");
    auto intent = *store->intent("i");
    intent.state = failed;
    expect_ok(store->finish_unreserved(intent));
    EXPECT_EQ(store->approval("approval-i")->status, ApprovalStatus::expired);
    expect_reason(say("i", Vote::approve), "E_APPROVAL_EXPIRED");
    EXPECT_EQ(state_of("i"), failed);
}

TEST_F(ApprovalTest, approvals_are_listed_newest_first_by_status_and_page) {
    for (const auto* id : {"a", "b", "c", "d"})
        hold(id);
    ASSERT_TRUE(say("b", Vote::approve).has_value());
    const auto ids = [&](std::optional<ApprovalStatus> status, std::size_t limit,
                         std::size_t offset) {
        std::string out;
        for (const auto& approval : *store->approvals(status, limit, offset))
            out += approval.intent_id;
        return out;
    };
    EXPECT_EQ(ids({}, 10, 0), "dcba");
    EXPECT_EQ(ids({}, 2, 1), "cb");
    EXPECT_EQ(ids(ApprovalStatus::pending, 10, 0), "dca");
    EXPECT_EQ(ids(ApprovalStatus::approved, 10, 0), "b");
    EXPECT_EQ(ids(ApprovalStatus::rejected, 10, 0), "");
    EXPECT_EQ(ids({}, 10, ~std::size_t{0}), "");
}

TEST_F(ApprovalTest, every_step_is_in_the_audit_chain) {
    hold("i", 2);
    hold("j");
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    ASSERT_TRUE(store->expire_approvals(kNow + 1h).has_value());
    std::vector<std::string> steps;
    for (const auto& record : *store->audit_records(1, 100))
        steps.push_back(record.actor + " " + record.action + " " + record.subject);
    EXPECT_EQ(
        steps,
        (std::vector<std::string>{
            "agent:agent-1 approval.requested approval-i",
            "agent:agent-1 approval.requested approval-j", "operator:ada approval.voted approval-i",
            "chela approval.expired approval-i", "chela approval.expired approval-j"}));
    expect_ok(store->verify_audit_chain());
}

TEST_F(ApprovalTest, damaged_approvals_are_an_error_and_not_a_yes) {
    hold("i");
    ASSERT_TRUE(say("i", Vote::approve).has_value());
    const std::vector<std::string> damages{
        "UPDATE approvals SET policy_digests = '[\"0x01\"]'",
        "UPDATE approvals SET policy_digests = '{}'"};
    for (const auto& damage : damages) {
        Raw{path()}.run(damage);
        expect_error(store->approval("approval-i"), ErrorCode::internal);
        expect_error(
            store->transact([](policy::LedgerTransaction& ledger) -> Status {
                const auto found = ledger.approval("i", kNow);
                return found ? Status{} : std::unexpected{found.error()};
            }),
            ErrorCode::internal);
    }
}

TEST(approval_status, words) {
    for (const auto status :
         {ApprovalStatus::pending, ApprovalStatus::approved, ApprovalStatus::rejected,
          ApprovalStatus::expired})
        EXPECT_EQ(parse_approval_status(to_string(status)), status);
    EXPECT_EQ(parse_approval_status("granted"), std::nullopt);
}

}  // namespace
}  // namespace chela::sidecar::store
