#include "sidecar/store/reservations.hpp"

#include "sidecar/store/charges.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/reservation_row.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

using policy::Reservation;

/// What of an intent decides whether it may hold a reservation.
struct HolderRow {
    std::string state, agent_id;
    Integer chain_id{};
    std::string from, operation;
    std::optional<std::string> retired_key;
    Integer is_agents_key{};

    auto columns() {
        return std::tie(state, agent_id, chain_id, from, operation, retired_key, is_agents_key);
    }
    [[nodiscard]] Result<HolderRow> record() const { return *this; }
};

struct PlaceRow {
    Integer id{}, charged_at{};
    auto columns() { return std::tie(id, charged_at); }
    [[nodiscard]] Result<PlaceRow> record() const { return *this; }
};

/// @return its state. The key is looked at where the slot is given out, so that no signature can
/// follow a retirement or be made with a key that is another agent's by now.
Result<std::string> check_holder(Session& session, const ReservationColumns& wanted) {
    const auto found = select_one<HolderRow>(
        session,
        "SELECT i.state, i.agent_id, i.chain_id, i.from_address, i.operation, k.label, "
        // An agent gets a key and other ones, but never none again.
        "ifnull(a.signing_key_id, i.signing_key_id) = i.signing_key_id "
        "FROM intents i JOIN agents a ON a.id = i.agent_id "
        "LEFT JOIN signing_keys k ON k.id = i.signing_key_id AND k.retired_at IS NOT NULL "
        "WHERE i.id = :id",
        wanted.intent_id);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return fail(ErrorCode::not_found, "there is no such intent");
    const auto& holder = **found;
    if (holder.retired_key) {
        return fail(
            ErrorCode::denied, "the key " + *holder.retired_key + " is retired", "E_KEY_RETIRED");
    }
    // What has a nonce already is seen to its end with the key that it began with.
    if (holder.is_agents_key == 0 && holder.state == "received") {
        return fail(
            ErrorCode::denied,
            "the agent's key was changed since the request was made; make it again",
            "E_KEY_CHANGED");
    }
    if (holder.agent_id != wanted.agent_id || holder.from != wanted.signer ||
        holder.operation != wanted.operation ||
        (wanted.chain_id &&
         (holder.chain_id != *wanted.chain_id || holder.from != wanted.address))) {
        return fail(ErrorCode::conflict, "the intent belongs to another agent, signer or lane");
    }
    return holder.state;
}

Status insert(Session& session, const ReservationColumns& wanted, const Reservation& reservation) {
    const auto place = select_one<PlaceRow>(
        session,
        // Never before an earlier charge: a clock that was moved back frees nothing.
        "INSERT INTO reservations(intent_id, agent_id, operation, signer, slot, chain_id, address, "
        "nonce, value, max_fee, valid_until, kind, state, at, preimage, charged_at) "
        "VALUES(:intent_id, "
        ":agent_id, :operation, :signer, :slot, :chain_id, :address, :nonce, :value, :max_fee, "
        ":valid_until, :kind, 'reserved', :at, :preimage, "
        "max(:charged_at, (SELECT ifnull(max(charged_at), 0) FROM reservations))) "
        "RETURNING id, charged_at",
        wanted.intent_id, wanted.agent_id, wanted.operation, wanted.signer, wanted.slot,
        wanted.chain_id, wanted.address, wanted.nonce, wanted.value, wanted.max_fee,
        wanted.valid_until, wanted.kind, wanted.at, wanted.preimage, wanted.at);
    if (!place) return std::unexpected{place.error()};
    if (!*place) return fail(ErrorCode::internal, "the store gave a new reservation no place");
    auto status = insert_charges(
        session, (*place)->id, reservation.slot, reservation.charges, (*place)->charged_at);
    if (!status) return status;
    run(session,
        "UPDATE intents SET state = 'reserved', nonce = :nonce, updated_at = :at WHERE id = :id",
        wanted.nonce, wanted.at, wanted.intent_id);
    return {};
}

/// Whichever of the two is signed in the end, the slot has room for one: its maximum stays charged.
Status replace(Session& session, const ReservationColumns& wanted, const Reservation& reservation) {
    auto held = find_reservation(session, wanted.intent_id);
    if (!held) return std::unexpected{held.error()};
    if (!held->lane || held->slot != reservation.slot || held->nonce != reservation.nonce) {
        return fail(ErrorCode::conflict, "the intent holds a reservation already");
    }
    const auto place = select_one<PlaceRow>(
        session,
        "UPDATE reservations SET value = :value, max_fee = :max_fee, preimage = :preimage, "
        "kind = :kind, attempt = (SELECT ifnull(max(n), 0) + 1 FROM attempts WHERE "
        "intent_id = reservations.intent_id), charged_at = max(:charged_at, (SELECT "
        "max(charged_at) FROM reservations)) WHERE intent_id = :intent_id AND state = 'reserved' "
        "RETURNING id, charged_at",
        wanted.value, wanted.max_fee, wanted.preimage, wanted.kind, wanted.at, wanted.intent_id);
    if (!place) return std::unexpected{place.error()};
    if (!*place) return fail(ErrorCode::conflict, "the reservation is not open any more");
    // It may pay what is asked for again.
    run(session,
        "UPDATE intents SET state = CASE state WHEN 'stalled' THEN 'broadcast' ELSE state END, "
        "speed_up = '', error_code = '', error_message = '' WHERE id = :id",
        wanted.intent_id);
    delete_charges(session, (*place)->id);
    return insert_charges(
        session, (*place)->id, reservation.slot,
        larger_of_each(std::move(held->charges), reservation.charges), (*place)->charged_at);
}

}  // namespace

Status insert_reservation(
    Session& session, const LaneOwnership& ownership, const Reservation& reservation) {
    const auto wanted = to_columns(reservation);
    if (!wanted) return std::unexpected{wanted.error()};
    if (reservation.lane) {
        auto is_open = check_lane_open(session, ownership, *reservation.lane);
        if (!is_open) return is_open;
    }
    const auto state = check_holder(session, *wanted);
    if (!state) return std::unexpected{state.error()};
    if (*state == "received") return insert(session, *wanted, reservation);
    constexpr std::array<std::string_view, 6> kReplaceable{"reserved",  "signed",  "sign_only",
                                                           "broadcast", "stalled", "cancelling"};
    if (std::ranges::find(kReplaceable, *state) != kReplaceable.end())
        return replace(session, *wanted, reservation);
    return fail(
        ErrorCode::conflict, fmt::format("the intent is {} and cannot be reserved", *state));
}

Result<std::optional<Nonce>> highest_nonce(Session& session, const policy::Lane& lane) {
    const auto chain_id = to_column(lane.chain.value, "chain id");
    if (!chain_id) return std::unexpected{chain_id.error()};
    // Two maxima: each is one step into an index, however long the lane's history is.
    const auto found = select_one<SingleColumn<std::optional<Integer>>>(
        session,
        "SELECT max(nonce) FROM (SELECT max(nonce) AS nonce FROM reservations WHERE "
        "chain_id = :chain_id AND address = :address AND state <> 'released' AND nonce IS NOT NULL "
        "UNION ALL SELECT next_floor - 1 FROM lanes WHERE chain_id = :same_chain AND "
        "address = :same_address AND next_floor > 0)",
        *chain_id, to_hex(lane.address), *chain_id, to_hex(lane.address));
    if (!found) return std::unexpected{found.error()};
    if (!*found || !**found) return std::nullopt;
    ColumnReader read;
    const Nonce nonce{read.number(***found)};
    if (!read.status()) return std::unexpected{read.status().error()};
    return nonce;
}

Status settle_reservation(
    Session& session,
    const std::string& intent_id,
    TimePoint at,
    const std::optional<policy::Settlement>& settlement) {
    const auto place = select_one<PlaceRow>(
        session,
        // Never before the high-water mark, from which windows are counted back.
        "UPDATE reservations SET state = 'settled', "
        "charged_at = max(:at, (SELECT max(charged_at) FROM reservations)) "
        "WHERE intent_id = :intent_id AND state = 'reserved' RETURNING id, charged_at",
        to_column(at), intent_id);
    if (!place) return std::unexpected{place.error()};
    if (!*place) return fail(ErrorCode::internal, "there is no open reservation to settle");
    return settle_charges(session, (*place)->id, settlement, (*place)->charged_at);
}

Result<std::size_t> settle_lapsed(Session& session, TimePoint now) {
    const auto bounded = select_all<LapseRow>(
        session,
        "SELECT intent_id, valid_until FROM reservations WHERE state = 'reserved' AND "
        "valid_until IS NOT NULL AND nonce IS NULL");
    if (!bounded) return std::unexpected{bounded.error()};
    const auto limit = std::chrono::floor<std::chrono::seconds>(now - kLapseMargin);
    const auto seconds = limit.time_since_epoch().count();
    if (seconds <= 0) return 0;
    std::size_t settled = 0;
    for (const auto& [intent_id, valid_until] : *bounded) {
        if (valid_until >= U256{static_cast<std::uint64_t>(seconds)}) continue;
        auto status = settle_reservation(session, intent_id, now);
        if (!status) return std::unexpected{status.error()};
        ++settled;
    }
    return settled;
}

Status release_reservation(Session& session, const std::string& intent_id) {
    const auto reservation = find_reservation(session, intent_id);
    if (!reservation) return std::unexpected{reservation.error()};
    if (reservation->lane) {
        const auto highest = highest_nonce(session, *reservation->lane);
        if (!highest) return std::unexpected{highest.error()};
        if (*highest != reservation->nonce) {
            return fail(
                ErrorCode::conflict, fmt::format(
                                         "nonce {} cannot be released: a later one is taken",
                                         reservation->nonce->value));
        }
    }
    const auto place = select_one<PlaceRow>(
        session,
        "UPDATE reservations SET state = 'released' WHERE intent_id = :intent_id AND "
        "state = 'reserved' RETURNING id, charged_at",
        intent_id);
    if (!place) return std::unexpected{place.error()};
    if (!*place) return fail(ErrorCode::conflict, "the reservation is not open any more");
    run(session, "UPDATE charges SET state = 'released' WHERE reservation_id = :id", (*place)->id);
    return {};
}

}  // namespace chela::sidecar::store
