#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/records.hpp"
#include "sidecar/store/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::store {

// Each runs inside the caller's transaction.

/// With its votes. @return not_found
[[nodiscard]] Result<ApprovalRecord> find_approval(Session& session, const std::string& id);
/// The latest one of an intent.
[[nodiscard]] Result<std::optional<ApprovalRecord>> latest_approval(
    Session& session, const std::string& intent_id);
/// Newest first. @param status  empty: any
[[nodiscard]] Result<std::vector<ApprovalRecord>> select_approvals(
    Session& session,
    const std::optional<ApprovalStatus>& status,
    std::size_t limit,
    std::size_t offset);
[[nodiscard]] Result<std::vector<ApprovalRecord>> select_approvals_of(
    Session& session,
    const std::string& agent_id,
    const std::optional<ApprovalStatus>& status,
    std::size_t limit,
    std::size_t offset);
/// A number of rows as SQL takes it.
[[nodiscard]] Integer rows_of(std::size_t count);
/// Pending and unused ones that end at or before `now`.
[[nodiscard]] Result<std::vector<ApprovalRecord>> select_lapsed(Session& session, TimePoint now);

/// What an approval says to the gate; empty: it is not approved, or void at `now`.
[[nodiscard]] std::optional<policy::Approval> approval_of(
    const ApprovalRecord& approval, TimePoint now);

[[nodiscard]] Status insert_approval_row(Session& session, const ApprovalRecord& approval);
void insert_vote(Session& session, const std::string& id, const ApprovalVote& vote);
void decide_approval(
    Session& session,
    const std::string& id,
    ApprovalStatus status,
    const std::string& reason,
    TimePoint at);

enum class EndedApprovals : std::uint8_t {
    pending,  ///< only those that nobody decided
    pending_and_approved
};
/// An intent's approvals expire.
void end_approvals(
    Session& session,
    const std::string& intent_id,
    const std::string& reason,
    TimePoint at,
    EndedApprovals which);

}  // namespace chela::sidecar::store
