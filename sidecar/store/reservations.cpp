#include "sidecar/store/reservations.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_row.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

struct SpendRow {
    Integer chain_id{};
    std::string value, fee;
    Integer at{};

    auto columns() { return std::tie(chain_id, value, fee, at); }
    [[nodiscard]] Result<policy::SpendEntry> record() const {
        ColumnReader read;
        policy::SpendEntry entry{
            .chain = ChainId{read.number(chain_id)},
            .value = read.amount(value),
            .fee = read.amount(fee),
            .at = read.time(at)};
        if (!read.status()) return std::unexpected{read.status().error()};
        return entry;
    }
};

struct ReservationRow {
    std::string intent_id, agent_id;
    Integer chain_id{};
    std::string address;
    Integer nonce{};
    std::string value, max_fee, preimage;
    Integer at{};

    auto columns() {
        return std::tie(
            intent_id, agent_id, chain_id, address, nonce, value, max_fee, preimage, at);
    }
    [[nodiscard]] Result<policy::Reservation> record() const {
        ColumnReader read;
        policy::Reservation reservation{
            .intent_id = intent_id,
            .agent_id = agent_id,
            .lane = {ChainId{read.number(chain_id)}, read.fixed<Address>(address)},
            .nonce = Nonce{read.number(nonce)},
            .value = read.amount(value),
            .max_fee = read.amount(max_fee),
            .preimage = read.bytes(preimage),
            .at = read.time(at)};
        if (!read.status()) return std::unexpected{read.status().error()};
        return reservation;
    }
};

Status check_intent(soci::session& session, const policy::Reservation& reservation) {
    const auto intent = find_intent(session, reservation.intent_id);
    if (!intent) return std::unexpected{intent.error()};
    if (intent->state != IntentState::received) {
        return fail(
            ErrorCode::conflict,
            fmt::format("the intent is {} and cannot be reserved", to_string(intent->state)));
    }
    if (intent->agent_id != reservation.agent_id || intent->chain_id != reservation.lane.chain ||
        intent->from != reservation.lane.address) {
        return fail(ErrorCode::conflict, "the intent belongs to another agent or lane");
    }
    return {};
}

/// Where the nonce is given out, so that no signature can follow a retirement.
Status check_key_signs(soci::session& session, const std::string& intent_id) {
    const auto retired = select_one<SingleColumn<std::string>>(
        session,
        "SELECT k.label FROM signing_keys k JOIN intents i ON i.signing_key_id = k.id "
        "WHERE i.id = :id AND k.retired_at IS NOT NULL",
        intent_id);
    if (!retired) return std::unexpected{retired.error()};
    if (!*retired) return {};
    return fail(ErrorCode::denied, "the key " + **retired + " is retired", "E_KEY_RETIRED");
}

}  // namespace

Result<std::vector<policy::SpendEntry>> select_spends(
    soci::session& session, const std::string& agent_id, TimePoint since) {
    return select_all<SpendRow>(
        session,
        // An open reservation stands for a signature that can still take effect, so it never ages
        // out of the window.
        "SELECT chain_id, value, max_fee, max(at, :floor) FROM reservations "
        "WHERE agent_id = :agent_id AND (at >= :since OR state = 'reserved') AND "
        "state <> 'released' ORDER BY at, rowid",
        to_column(since), agent_id, to_column(since));
}

Result<std::optional<Nonce>> highest_nonce(soci::session& session, const policy::Lane& lane) {
    const auto chain_id = to_column(lane.chain.value, "chain id");
    if (!chain_id) return std::unexpected{chain_id.error()};
    const auto found = select_one<SingleColumn<Integer>>(
        session,
        "SELECT nonce FROM slots WHERE chain_id = :chain_id AND address = :address "
        "ORDER BY nonce DESC LIMIT 1",
        *chain_id, to_hex(lane.address));
    if (!found) return std::unexpected{found.error()};
    if (!*found) return std::nullopt;
    ColumnReader read;
    const Nonce nonce{read.number(**found)};
    if (!read.status()) return std::unexpected{read.status().error()};
    return nonce;
}

Result<policy::Reservation> find_reservation(soci::session& session, const std::string& intent_id) {
    auto found = select_one<ReservationRow>(
        session,
        "SELECT intent_id, agent_id, chain_id, address, nonce, value, max_fee, preimage, at "
        "FROM reservations WHERE intent_id = :intent_id AND state <> 'released'",
        intent_id);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return fail(ErrorCode::not_found, "nothing is reserved for this intent");
    return **std::move(found);
}

Status insert_reservation(soci::session& session, const policy::Reservation& reservation) {
    const auto checked = check_intent(session, reservation);
    if (!checked) return checked;
    if (auto active = check_key_signs(session, reservation.intent_id); !active) return active;
    const auto chain_id = to_column(reservation.lane.chain.value, "chain id");
    if (!chain_id) return std::unexpected{chain_id.error()};
    const auto nonce = to_column(reservation.nonce.value, "nonce");
    if (!nonce) return std::unexpected{nonce.error()};
    const auto address = to_hex(reservation.lane.address);
    const auto value = to_column(reservation.value);
    const auto max_fee = to_column(reservation.max_fee);
    run(session,
        "INSERT INTO slots(chain_id, address, nonce, intent_id) "
        "VALUES(:chain_id, :address, :nonce, :intent_id)",
        *chain_id, address, *nonce, reservation.intent_id);
    run(session,
        "INSERT INTO reservations(intent_id, agent_id, chain_id, address, nonce, value, max_fee, "
        "preimage, state, at) VALUES(:intent_id, :agent_id, :chain_id, :address, :nonce, :value, "
        ":max_fee, :preimage, 'reserved', :at)",
        reservation.intent_id, reservation.agent_id, *chain_id, address, *nonce, value, max_fee,
        to_hex(reservation.preimage), to_column(reservation.at));
    run(session,
        "UPDATE intents SET state = 'reserved', nonce = :nonce, updated_at = :at WHERE id = :id",
        *nonce, to_column(reservation.at), reservation.intent_id);
    return {};
}

Status settle_reservation(soci::session& session, const std::string& intent_id, TimePoint at) {
    // The charge stays at its worst case: one node's word about a receipt must not free budget.
    const auto changed =
        run(session,
            "UPDATE reservations SET state = 'settled', at = max(at, :at) "
            "WHERE intent_id = :intent_id AND state = 'reserved'",
            to_column(at), intent_id);
    if (changed != 1) return fail(ErrorCode::internal, "there is no open reservation to settle");
    return {};
}

Status release_reservation(soci::session& session, const std::string& intent_id) {
    const auto reservation = find_reservation(session, intent_id);
    if (!reservation) return std::unexpected{reservation.error()};
    const auto highest = highest_nonce(session, reservation->lane);
    if (!highest) return std::unexpected{highest.error()};
    if (*highest != reservation->nonce) {
        return fail(
            ErrorCode::conflict,
            fmt::format(
                "nonce {} cannot be released: a later one is taken", reservation->nonce.value));
    }
    run(session, "DELETE FROM slots WHERE intent_id = :intent_id", intent_id);
    run(session, "UPDATE reservations SET state = 'released' WHERE intent_id = :intent_id",
        intent_id);
    return {};
}

}  // namespace chela::sidecar::store
