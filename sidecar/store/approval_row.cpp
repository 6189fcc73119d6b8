#include "sidecar/store/approval_row.hpp"

#include "sidecar/store/columns.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace chela::sidecar::store {
namespace {

const std::string kSelect =
    "SELECT a.id, a.intent_id, a.agent_id, a.action, a.summary, a.fingerprint, a.policy_digests, "
    "a.quorum_of, a.minimum, a.expires_at, a.status, a.created_at, a.decided_at, "
    "a.decision_reason FROM approvals a ";

std::vector<Hash256> read_digests(ColumnReader& read, const std::string& text) {
    std::vector<Hash256> out;
    for (const auto& digest : read.list(text))
        out.push_back(read.fixed<Hash256>(digest));
    return out;
}

struct ApprovalRow {
    std::string id, intent_id, agent_id, action, summary, fingerprint, policy_digests, quorum_of;
    Integer minimum{}, expires_at{};
    std::string status;
    Integer created_at{};
    std::optional<Integer> decided_at;
    std::string decision_reason;

    auto columns() {
        return std::tie(
            id, intent_id, agent_id, action, summary, fingerprint, policy_digests, quorum_of,
            minimum, expires_at, status, created_at, decided_at, decision_reason);
    }
    [[nodiscard]] Result<ApprovalRecord> record() const {
        ColumnReader read;
        const auto known = parse_approval_status(status);
        read.expect(known.has_value(), "an approval's status");
        read.expect(
            minimum > 0 && minimum <= std::numeric_limits<int>::max(), "an approval's quorum");
        ApprovalRecord approval{
            .id = id,
            .intent_id = intent_id,
            .agent_id = agent_id,
            .action = action,
            .summary = summary,
            .fingerprint = fingerprint,
            .policy_digests = read_digests(read, policy_digests),
            .quorum_of = quorum_of,
            .minimum = static_cast<unsigned>(minimum),
            .expires_at = read.time(expires_at),
            .status = known.value_or(ApprovalStatus::rejected),
            .created_at = read.time(created_at),
            .decided_at = read.time(decided_at),
            .decision_reason = decision_reason,
            .votes = {}};
        if (!read.status()) return std::unexpected{read.status().error()};
        return approval;
    }
};

struct VoteRow {
    std::string approver, vote, reason;
    Integer at{};

    auto columns() { return std::tie(approver, vote, reason, at); }
    [[nodiscard]] Result<ApprovalVote> record() const {
        ColumnReader read;
        const bool is_yes = vote == to_string(Vote::approve);
        read.expect(is_yes || vote == to_string(Vote::reject), "a vote");
        if (!read.status()) return std::unexpected{read.status().error()};
        return ApprovalVote{approver, is_yes ? Vote::approve : Vote::reject, reason, read.time(at)};
    }
};

using Approvals = Result<std::vector<ApprovalRecord>>;

/// @param values  as many as `where` has placeholders
template <class... Values>
Approvals select_with_votes(Session& session, const std::string& where, const Values&... values) {
    auto approvals = select_all<ApprovalRow>(session, kSelect + where, values...);
    if (!approvals) return approvals;
    for (auto& approval : *approvals) {
        auto votes = select_all<VoteRow>(
            session,
            "SELECT approver, vote, reason, at FROM approval_votes WHERE approval_id = :id "
            "ORDER BY rowid",
            approval.id);
        if (!votes) return std::unexpected{votes.error()};
        approval.votes = *std::move(votes);
    }
    return approvals;
}

}  // namespace

Integer rows_of(std::size_t count) {
    return static_cast<Integer>(std::min<std::size_t>(count, std::numeric_limits<int>::max()));
}

Result<ApprovalRecord> find_approval(Session& session, const std::string& id) {
    auto found = select_with_votes(session, "WHERE a.id = :id", id);
    if (!found) return std::unexpected{found.error()};
    if (found->empty()) return fail(ErrorCode::not_found, "there is no such approval");
    return std::move(found->front());
}

Result<std::optional<ApprovalRecord>> latest_approval(
    Session& session, const std::string& intent_id) {
    auto found = select_with_votes(
        session, "WHERE a.intent_id = :id ORDER BY a.rowid DESC LIMIT 1", intent_id);
    if (!found) return std::unexpected{found.error()};
    if (found->empty()) return std::nullopt;
    return std::move(found->front());
}

Approvals select_approvals(
    Session& session,
    const std::optional<ApprovalStatus>& status,
    std::size_t limit,
    std::size_t offset) {
    const std::string order =
        "ORDER BY a.created_at DESC, a.rowid DESC LIMIT :limit OFFSET :offset";
    if (!status) return select_with_votes(session, order, rows_of(limit), rows_of(offset));
    return select_with_votes(
        session, "WHERE a.status = :status " + order, std::string{to_string(*status)},
        rows_of(limit), rows_of(offset));
}

Approvals select_approvals_of(
    Session& session,
    const std::string& agent_id,
    const std::optional<ApprovalStatus>& status,
    std::size_t limit,
    std::size_t offset) {
    const std::string order =
        "ORDER BY a.created_at DESC, a.rowid DESC LIMIT :limit OFFSET :offset";
    if (!status) {
        return select_with_votes(
            session, "WHERE a.agent_id = :agent_id " + order, agent_id, rows_of(limit),
            rows_of(offset));
    }
    return select_with_votes(
        session, "WHERE a.agent_id = :agent_id AND a.status = :status " + order, agent_id,
        std::string{to_string(*status)}, rows_of(limit), rows_of(offset));
}

Approvals select_lapsed(Session& session, TimePoint now) {
    return select_with_votes(
        session,
        // An approval whose intent holds a nonce was used.
        "JOIN intents i ON i.id = a.intent_id WHERE a.status IN ('pending', 'approved') AND "
        "a.expires_at <= :now AND i.state IN ('awaiting_approval', 'received') ORDER BY a.rowid",
        to_column(now));
}

std::optional<policy::Approval> approval_of(const ApprovalRecord& approval, TimePoint now) {
    if (approval.status != ApprovalStatus::approved || approval.expires_at <= now) {
        return std::nullopt;
    }
    policy::Approval out{
        .approvers = {},
        .policy_digests = approval.policy_digests,
        .fingerprint = approval.fingerprint};
    for (const auto& vote : approval.votes)
        if (vote.vote == Vote::approve) out.approvers.insert(vote.approver);
    return out;
}

Status insert_approval_row(Session& session, const ApprovalRecord& approval) {
    std::vector<std::string> digests;
    for (const auto& digest : approval.policy_digests)
        digests.push_back(to_hex(digest));
    const auto list = to_column(digests);
    if (!list) return std::unexpected{list.error()};
    run(session,
        "INSERT INTO approvals(id, intent_id, agent_id, action, summary, fingerprint, "
        "policy_digests, quorum_of, minimum, expires_at, status, created_at, decision_reason) "
        "VALUES(:id, :intent_id, :agent_id, :action, :summary, :fingerprint, :policy_digests, "
        ":quorum_of, :minimum, :expires_at, 'pending', :created_at, '')",
        approval.id, approval.intent_id, approval.agent_id, approval.action, approval.summary,
        approval.fingerprint, *list, approval.quorum_of, Integer{approval.minimum},
        to_column(approval.expires_at), to_column(approval.created_at));
    return {};
}

void insert_vote(Session& session, const std::string& id, const ApprovalVote& vote) {
    run(session,
        "INSERT INTO approval_votes(approval_id, approver, vote, reason, at) "
        "VALUES(:id, :approver, :vote, :reason, :at)",
        id, vote.approver, std::string{to_string(vote.vote)}, vote.reason, to_column(vote.at));
}

void decide_approval(
    Session& session,
    const std::string& id,
    ApprovalStatus status,
    const std::string& reason,
    TimePoint at) {
    run(session,
        "UPDATE approvals SET status = :status, decision_reason = :reason, decided_at = :at "
        "WHERE id = :id",
        std::string{to_string(status)}, reason, to_column(at), id);
}

void end_approvals(
    Session& session,
    const std::string& intent_id,
    const std::string& reason,
    TimePoint at,
    EndedApprovals which) {
    const std::string also{
        which == EndedApprovals::pending ? "pending" : to_string(ApprovalStatus::approved)};
    run(session,
        "UPDATE approvals SET status = 'expired', decision_reason = :reason, decided_at = :at "
        "WHERE intent_id = :intent_id AND status IN ('pending', :also)",
        reason, to_column(at), intent_id, also);
}

}  // namespace chela::sidecar::store
