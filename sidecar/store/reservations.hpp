#pragma once

#include "policy/ledger/ledger.hpp"
#include "policy/ledger/settlement.hpp"
#include "sidecar/store/lane_ownership.hpp"
#include "sidecar/store/session.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace chela::sidecar::store {

// Each runs inside the caller's transaction.

/// How far chains may be behind the clock (a halted rollup makes up for blocks with old times).
inline constexpr std::chrono::hours kLapseMargin{24};

/// The highest that was given out or is below the lane's floor.
[[nodiscard]] Result<std::optional<Nonce>> highest_nonce(
    Session& session, const policy::Lane& lane);
/// @return not_found: none, or released
[[nodiscard]] Result<policy::Reservation> find_reservation(
    Session& session, const std::string& intent_id);

/// Slot, charges and preimage; the intent goes received → reserved. An intent that holds a nonce
/// and is not mined may take another preimage for its slot, for its next attempt: it counts once,
/// at each meter's maximum.
/// @return not_found: no such intent; conflict: not `received`, of another agent, signer, operation
/// or lane, or the slot is taken; unavailable E_LANE_TAKEN, E_LANE_FROZEN; denied
/// E_KEY_RETIRED, E_KEY_CHANGED; invalid_input: lane without nonce or the reverse, no slot;
/// out_of_range
[[nodiscard]] Status insert_reservation(
    Session& session, const LaneOwnership& ownership, const policy::Reservation& reservation);
/// The chain is done with it: it leaves the budgets' windows as time passes, counted from `at`.
/// @param settlement  what it took in the end; empty: that rests on one node's word, which frees no
/// budget
/// @return internal: there is no open reservation
[[nodiscard]] Status settle_reservation(
    Session& session,
    const std::string& intent_id,
    TimePoint at,
    const std::optional<policy::Settlement>& settlement = std::nullopt);
/// Settles what is no transaction and was valid until kLapseMargin before `now`. @return how many
[[nodiscard]] Result<std::size_t> settle_lapsed(Session& session, TimePoint now);
/// Frees slot and charges. @return conflict: not the lane's last nonce
[[nodiscard]] Status release_reservation(Session& session, const std::string& intent_id);

}  // namespace chela::sidecar::store
