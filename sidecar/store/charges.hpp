#pragma once

#include "policy/ledger/ledger.hpp"
#include "policy/ledger/settlement.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/session.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chela::sidecar::store {

// What reservations take of budgets. Each runs inside the caller's transaction.

/// Open ones, and settled ones at or after `since`; in the order in which they were made.
[[nodiscard]] Result<std::vector<policy::SpentCharge>> select_charges(
    Session& session, const std::vector<policy::MeterKey>& meters, TimePoint since);
/// As LedgerTransaction::sums.
[[nodiscard]] Result<std::vector<policy::SpentCharge>> select_sums(
    Session& session,
    const policy::MeterKey& meter,
    const std::set<TimePoint>& edges,
    const std::string& slot);
/// The latest time of any charge. @return the epoch when there is none
[[nodiscard]] Result<TimePoint> high_water(Session& session);

/// Those of one reservation, in order.
[[nodiscard]] Result<std::vector<policy::Charge>> charges_of(
    Session& session, Integer reservation_id);
/// @param at  of the reservation, as charged
[[nodiscard]] Status insert_charges(
    Session& session,
    Integer reservation_id,
    const std::string& slot,
    const std::vector<policy::Charge>& charges,
    Integer at);
/// Forgets an open reservation's charges, for other ones in their place.
void delete_charges(Session& session, Integer reservation_id);

/// Of a reservation whose slot the chain is done with.
/// @param settlement  empty: they stay as they were charged
[[nodiscard]] Status settle_charges(
    Session& session,
    Integer reservation_id,
    const std::optional<policy::Settlement>& settlement,
    Integer at);

/// Two signatures of one slot, of which only one can take effect: each meter's larger amount.
[[nodiscard]] std::vector<policy::Charge> larger_of_each(
    std::vector<policy::Charge> charges, const std::vector<policy::Charge>& others);

}  // namespace chela::sidecar::store
