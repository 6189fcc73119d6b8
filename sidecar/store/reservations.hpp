#pragma once

#include "policy/ledger/ledger.hpp"

#include <optional>
#include <string>
#include <vector>

#include <soci/soci.h>

namespace chela::sidecar::store {

// Each runs inside the caller's transaction.

[[nodiscard]] Result<std::vector<policy::SpendEntry>> select_spends(
    soci::session& session, const std::string& agent_id, TimePoint since);
[[nodiscard]] Result<std::optional<Nonce>> highest_nonce(
    soci::session& session, const policy::Lane& lane);
/// @return not_found: none, or released
[[nodiscard]] Result<policy::Reservation> find_reservation(
    soci::session& session, const std::string& intent_id);

/// Slot, charge and preimage; the intent goes received → reserved.
/// @return not_found: no such intent; conflict: not `received`, of another agent or lane, or the
/// slot is taken; out_of_range
[[nodiscard]] Status insert_reservation(
    soci::session& session, const policy::Reservation& reservation);
/// The chain is done with it: it leaves the budgets' windows as time passes, counted from `at`.
/// @return internal: there is no open reservation
[[nodiscard]] Status settle_reservation(
    soci::session& session, const std::string& intent_id, TimePoint at);
/// Frees slot and charge. @return conflict: not the lane's last nonce
[[nodiscard]] Status release_reservation(soci::session& session, const std::string& intent_id);

}  // namespace chela::sidecar::store
