#include "chains/base/json.hpp"
#include "sidecar/store/approval_row.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_moves.hpp"
#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::sidecar::store {
namespace {

constexpr std::array kStatuses{
    ApprovalStatus::pending, ApprovalStatus::approved, ApprovalStatus::rejected,
    ApprovalStatus::expired};

/// @param detail  members beside the intent's id
Status audit(
    Session& session,
    const ApprovalRecord& approval,
    const std::string& actor,
    const std::string& action,
    Json detail,
    TimePoint at) {
    detail["intent_id"] = approval.intent_id;
    try {
        return append_audit(
            session, {.at = at,
                      .actor = actor,
                      .action = action,
                      .subject = approval.id,
                      .detail = detail.dump()});
    } catch (const Json::type_error&) {
        return fail(ErrorCode::invalid_input, "the reason is not UTF-8 text");
    }
}

Status check_new(const ApprovalRecord& approval, const IntentRecord& intent) {
    if (intent.state != IntentState::received) {
        return refused(intent.state, "only a received one can wait for approval");
    }
    if (intent.agent_id != approval.agent_id || intent.fingerprint != approval.fingerprint) {
        return fail(ErrorCode::conflict, "the approval is about another agent's or other intent");
    }
    return {};
}

Status check_vote(const ApprovalRecord& approval, const std::string& approver, TimePoint now) {
    switch (approval.status) {
        case ApprovalStatus::approved:
        case ApprovalStatus::rejected:
            return fail(ErrorCode::conflict, "this was decided already", "E_APPROVAL_DECIDED");
        case ApprovalStatus::pending:
        case ApprovalStatus::expired:
            break;
    }
    if (approval.status == ApprovalStatus::expired || approval.expires_at <= now) {
        return fail(ErrorCode::conflict, "the time to decide is over", "E_APPROVAL_EXPIRED");
    }
    const auto has_voted = [&](const ApprovalVote& vote) { return vote.approver == approver; };
    if (std::ranges::any_of(approval.votes, has_voted)) {
        return fail(ErrorCode::conflict, "this approver has voted already", "E_APPROVAL_VOTED");
    }
    return {};
}

/// What the votes come to.
ApprovalStatus status_of(const ApprovalRecord& approval) {
    std::size_t yes = 0;
    for (const auto& vote : approval.votes) {
        if (vote.vote == Vote::reject) return ApprovalStatus::rejected;
        ++yes;
    }
    return yes >= approval.minimum ? ApprovalStatus::approved : ApprovalStatus::pending;
}

Result<ApprovalRecord> count_vote(
    Session& session, ApprovalRecord approval, const ApprovalVote& vote) {
    insert_vote(session, approval.id, vote);
    approval.votes.push_back(vote);
    approval.status = status_of(approval);
    if (approval.status != ApprovalStatus::pending) {
        approval.decided_at = vote.at;
        approval.decision_reason = vote.reason;
        decide_approval(session, approval.id, approval.status, vote.reason, vote.at);
    }
    if (approval.status == ApprovalStatus::rejected) {
        deny_held(
            session, approval.intent_id, "E_APPROVAL_REJECTED", "an approver said no", vote.at);
    }
    auto recorded = audit(
        session, approval, vote.approver, "approval.voted",
        {{"vote", to_string(vote.vote)},
         {"status", to_string(approval.status)},
         {"reason", vote.reason}},
        vote.at);
    if (!recorded) return std::unexpected{recorded.error()};
    return approval;
}

}  // namespace

std::string_view to_string(ApprovalStatus status) {
    switch (status) {
        case ApprovalStatus::pending:
            return "pending";
        case ApprovalStatus::approved:
            return "approved";
        case ApprovalStatus::rejected:
            return "rejected";
        case ApprovalStatus::expired:
            return "expired";
    }
    bug("an ApprovalStatus that does not exist");
}

std::optional<ApprovalStatus> parse_approval_status(std::string_view word) {
    for (const auto status : kStatuses)
        if (word == to_string(status)) return status;
    return std::nullopt;
}

std::string_view to_string(Vote vote) {
    switch (vote) {
        case Vote::reject:
            return "reject";
        case Vote::approve:
            return "approve";
    }
    bug("a Vote that does not exist");
}

Status SqliteStore::insert_approval(const ApprovalRecord& approval) {
    if (approval.status != ApprovalStatus::pending || approval.minimum == 0 ||
        approval.expires_at <= approval.created_at) {
        return fail(
            ErrorCode::invalid_input,
            "a new approval is pending, needs at least one approver and ends after it begins");
    }
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_intent(session, approval.intent_id);
        if (!intent) return std::unexpected{intent.error()};
        if (auto is_right = check_new(approval, *intent); !is_right) return is_right;
        end_approvals(
            session, approval.intent_id, "a later request replaced it", approval.created_at,
            EndedApprovals::pending_and_approved);
        if (auto inserted = insert_approval_row(session, approval); !inserted) return inserted;
        run(session,
            "UPDATE intents SET state = 'awaiting_approval', approval_id = :approval_id, "
            "updated_at = :at WHERE id = :id",
            approval.id, to_column(approval.created_at), approval.intent_id);
        return audit(
            session, approval, "agent:" + approval.agent_id, "approval.requested",
            {{"quorum_of", approval.quorum_of}, {"minimum", approval.minimum}},
            approval.created_at);
    });
}

Result<ApprovalRecord> SqliteStore::approval(const std::string& id) {
    return connection_->read([&](Session& session) { return find_approval(session, id); });
}

Result<std::vector<ApprovalRecord>> SqliteStore::approvals(
    std::optional<ApprovalStatus> status, std::size_t limit, std::size_t offset) {
    return connection_->read(
        [&](Session& session) { return select_approvals(session, status, limit, offset); });
}

Result<std::vector<ApprovalRecord>> SqliteStore::approvals_of(
    const std::string& agent_id,
    std::optional<ApprovalStatus> status,
    std::size_t limit,
    std::size_t offset) {
    return connection_->read([&](Session& session) {
        return select_approvals_of(session, agent_id, status, limit, offset);
    });
}

Result<std::optional<ApprovalRecord>> SqliteStore::approval_of_intent(
    const std::string& intent_id) {
    return connection_->read([&](Session& session) { return latest_approval(session, intent_id); });
}

Result<std::size_t> SqliteStore::pending_approvals() {
    return connection_->read([](Session& session) -> Result<std::size_t> {
        const auto count = select_one<SingleColumn<Integer>>(
            session, "SELECT count(*) FROM approvals WHERE status = 'pending'");
        if (!count) return std::unexpected{count.error()};
        return static_cast<std::size_t>(count->value_or(0));
    });
}

Result<ApprovalRecord> SqliteStore::vote(
    const std::string& id,
    const std::string& approver,
    Vote vote,
    const std::string& reason,
    TimePoint now) {
    if (approver.empty()) return fail(ErrorCode::invalid_input, "a vote needs a name");
    if (approver.starts_with("agent:")) {
        return fail(ErrorCode::denied, "an agent cannot approve", "E_APPROVAL_BY_AGENT");
    }
    return connection_->write([&](Session& session) -> Result<ApprovalRecord> {
        auto approval = find_approval(session, id);
        if (!approval) return approval;
        const auto may_vote = check_vote(*approval, approver, now);
        if (!may_vote) return std::unexpected{may_vote.error()};
        return count_vote(session, *std::move(approval), {approver, vote, reason, now});
    });
}

Result<std::vector<std::string>> SqliteStore::approved_intents(TimePoint now, std::size_t limit) {
    return connection_->read([&](Session& session) {
        return select_all<SingleColumn<std::string>>(
            session,
            "SELECT a.intent_id FROM approvals a JOIN intents i ON i.id = a.intent_id "
            "WHERE a.status = 'approved' AND a.expires_at > :now "
            "AND i.state IN ('awaiting_approval', 'received') ORDER BY a.decided_at, a.id "
            "LIMIT :limit",
            to_column(now), rows_of(limit));
    });
}

Result<std::vector<ApprovalRecord>> SqliteStore::expire_approvals(TimePoint now) {
    return connection_->write([&](Session& session) -> Result<std::vector<ApprovalRecord>> {
        auto lapsed = select_lapsed(session, now);
        if (!lapsed) return lapsed;
        for (auto& approval : *lapsed) {
            const auto was = approval.status;
            approval.status = ApprovalStatus::expired;
            approval.decided_at = now;
            approval.decision_reason = "its time was over";
            decide_approval(session, approval.id, approval.status, approval.decision_reason, now);
            deny_held(
                session, approval.intent_id, "E_APPROVAL_EXPIRED",
                was == ApprovalStatus::approved ? "its approval ran out before it could be signed"
                                                : "nobody approved it in time",
                now);
            const auto recorded = audit(
                session, approval, "chela", "approval.expired", {{"was", to_string(was)}}, now);
            if (!recorded) return std::unexpected{recorded.error()};
        }
        return lapsed;
    });
}

Status SqliteStore::return_to_received(const std::string& id, TimePoint at) {
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_in(
            session, id, {IntentState::awaiting_approval, IntentState::received},
            "only one that waits for approval is taken up again");
        if (!intent) return std::unexpected{intent.error()};
        const auto approval = latest_approval(session, id);
        if (!approval) return std::unexpected{approval.error()};
        if (!*approval || !approval_of(**approval, at)) {
            return fail(
                ErrorCode::conflict, "nobody has approved it, or the approval is void",
                "E_APPROVAL_NOT_GIVEN");
        }
        if (intent->state == IntentState::awaiting_approval) {
            advance(session, id, IntentState::received, at);
        }
        return {};
    });
}

}  // namespace chela::sidecar::store
