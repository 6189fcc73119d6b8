#include "sidecar/store/reservation_row.hpp"

#include "sidecar/store/charges.hpp"
#include "sidecar/store/reservations.hpp"

namespace chela::sidecar::store {
namespace {

using policy::Reservation;

struct FoundReservation {
    Integer id{};
    Reservation reservation;
};

struct ReservationRow {
    Integer id{};
    ReservationColumns stored;

    auto columns() {
        return std::tie(
            id, stored.intent_id, stored.agent_id, stored.operation, stored.signer, stored.slot,
            stored.chain_id, stored.address, stored.nonce, stored.value, stored.max_fee,
            stored.valid_until, stored.kind, stored.at, stored.preimage);
    }
    [[nodiscard]] Result<FoundReservation> record() const {
        ColumnReader read;
        const auto operation = policy::parse_operation(stored.operation);
        read.expect(operation.has_value(), "an operation");
        Reservation out;
        out.intent_id = stored.intent_id;
        out.agent_id = stored.agent_id;
        out.signer = read.fixed<Address>(stored.signer);
        out.operation = operation.value_or(policy::Operation::transaction);
        out.slot = stored.slot;
        if (stored.chain_id && stored.address && stored.nonce) {
            out.lane = policy::Lane{
                ChainId{read.number(*stored.chain_id)}, read.fixed<Address>(*stored.address)};
            out.nonce = Nonce{read.number(*stored.nonce)};
        }
        out.value = read.amount(stored.value);
        out.max_fee = read.amount(stored.max_fee);
        if (stored.valid_until) out.valid_until = read.amount(*stored.valid_until).value;
        const auto kind = chains::lane::parse_attempt_kind(stored.kind);
        read.expect(kind.has_value(), "an attempt's kind");
        out.attempt_kind = kind.value_or(chains::lane::AttemptKind::normal);
        out.preimage = read.bytes(stored.preimage);
        out.at = read.time(stored.at);
        if (!read.status()) return std::unexpected{read.status().error()};
        return FoundReservation{id, std::move(out)};
    }
};

}  // namespace

Result<Lapse> LapseRow::record() const {
    ColumnReader read;
    Lapse lapse{intent_id, read.amount(valid_until).value};
    if (!read.status()) return std::unexpected{read.status().error()};
    return lapse;
}

Result<ReservationColumns> to_columns(const Reservation& reservation) {
    if (reservation.lane.has_value() != reservation.nonce.has_value() || reservation.slot.empty()) {
        return fail(
            ErrorCode::invalid_input, "a reservation has a slot, and a lane exactly with a nonce");
    }
    ReservationColumns out;
    out.intent_id = reservation.intent_id;
    out.agent_id = reservation.agent_id;
    out.operation = policy::to_string(reservation.operation);
    out.signer = to_hex(reservation.signer);
    out.slot = reservation.slot;
    if (reservation.lane) {
        const auto chain_id = to_column(reservation.lane->chain.value, "chain id");
        if (!chain_id) return std::unexpected{chain_id.error()};
        const auto nonce = to_column(reservation.nonce->value, "nonce");
        if (!nonce) return std::unexpected{nonce.error()};
        out.chain_id = *chain_id;
        out.address = to_hex(reservation.lane->address);
        out.nonce = *nonce;
    }
    out.value = to_column(reservation.value);
    out.max_fee = to_column(reservation.max_fee);
    if (reservation.valid_until) out.valid_until = to_decimal(*reservation.valid_until);
    out.kind = to_string(reservation.attempt_kind);
    out.at = to_column(reservation.at);
    out.preimage = to_hex(reservation.preimage);
    return out;
}

Result<Reservation> find_reservation(Session& session, const std::string& intent_id) {
    auto found = select_one<ReservationRow>(
        session,
        "SELECT id, intent_id, agent_id, operation, signer, slot, chain_id, address, nonce, value, "
        "max_fee, valid_until, kind, at, preimage FROM reservations WHERE intent_id = :intent_id "
        "AND "
        "state <> 'released'",
        intent_id);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return fail(ErrorCode::not_found, "nothing is reserved for this intent");
    auto charges = charges_of(session, (*found)->id);
    if (!charges) return std::unexpected{charges.error()};
    auto& reservation = (*found)->reservation;
    reservation.charges = *std::move(charges);
    return std::move(reservation);
}

}  // namespace chela::sidecar::store
