#include "tests/sidecar/store/model.hpp"

#include <algorithm>

namespace chela::sidecar::store {
namespace {

Result<U256> sum_of(const std::vector<policy::SpentCharge>& spent) {
    U256 sum;
    for (const auto& one : spent) {
        const auto next = add(sum, one.charge.amount);
        if (!next) return fail(ErrorCode::out_of_range, "over 2^256");
        sum = *next;
    }
    return sum;
}

Status check(
    policy::LedgerTransaction& ledger,
    const Limit& limit,
    const policy::Reservation& reservation,
    TimePoint now) {
    const auto high_water = ledger.high_water();
    if (!high_water) return std::unexpected{high_water.error()};
    const auto spent = ledger.sums(limit.meter, {std::max(now, *high_water) - limit.window}, "");
    if (!spent) return std::unexpected{spent.error()};
    auto sum = sum_of(*spent);
    if (!sum) return std::unexpected{sum.error()};
    for (const auto& charge : reservation.charges) {
        if (charge.key != limit.meter) continue;
        const auto after = add(*sum, charge.amount);
        if (!after || *after > limit.amount) return fail(ErrorCode::denied, "over", "E_OVER");
    }
    return {};
}

}  // namespace

Status spend(
    policy::Ledger& ledger,
    const std::vector<Limit>& limits,
    policy::Reservation reservation,
    TimePoint now) {
    return ledger.transact([&](policy::LedgerTransaction& transaction) -> Status {
        for (const auto& limit : limits) {
            auto status = check(transaction, limit, reservation, now);
            if (!status) return status;
        }
        if (reservation.lane) {
            const auto highest = transaction.highest_nonce({kChain, kSigner});
            if (!highest) return std::unexpected{highest.error()};
            const auto numbered =
                reservation_of(reservation.intent_id, *highest ? (*highest)->value + 1 : 0);
            reservation.nonce = numbered.nonce;
            reservation.slot = numbered.slot;
        }
        reservation.at = now;
        auto status = transaction.reserve(reservation);
        return status ? transaction.record(audit_of("intent.approved", reservation.intent_id))
                      : status;
    });
}

policy::Reservation spending(
    const std::string& intent, const std::vector<Limit>& limits, std::uint64_t amount) {
    auto reservation = reservation_of(intent, 0);
    reservation.charges.clear();
    for (const auto& limit : limits)
        reservation.charges.push_back({limit.meter, kChain, U256{amount}});
    return reservation;
}

void Model::reserve(const policy::Reservation& reservation) {
    high_water_ = std::max(high_water_, reservation.at);
    held_[reservation.intent_id] = {reservation, State::open, high_water_};
    order_.push_back(reservation.intent_id);
}

void Model::replace(const policy::Reservation& reservation) {
    auto& held = held_.at(reservation.intent_id);
    high_water_ = std::max(high_water_, reservation.at);
    held.at = high_water_;
    for (auto charge : reservation.charges) {
        for (const auto& before : held.reservation.charges)
            if (before.key == charge.key) charge.amount = std::max(charge.amount, before.amount);
        std::erase_if(held.reservation.charges, [&](const auto& c) { return c.key == charge.key; });
        held.reservation.charges.push_back(charge);
    }
}

void Model::settle(const std::string& intent, TimePoint at) {
    auto& held = held_.at(intent);
    held.state = State::settled;
    high_water_ = std::max(high_water_, at);
    held.at = high_water_;
}

void Model::release(const std::string& intent) {
    held_.at(intent).state = State::released;
}

std::vector<policy::SpentCharge> Model::charges(
    const policy::MeterKey& meter, TimePoint since) const {
    std::vector<policy::SpentCharge> out;
    for (const auto& id : order_) {
        const auto& held = held_.at(id);
        if (held.state == State::released) continue;
        if (held.state == State::settled && held.at < since) continue;
        for (const auto& charge : held.reservation.charges) {
            if (charge.key != meter) continue;
            const auto at = held.state == State::open ? policy::kStillOpen : held.at;
            out.push_back({charge, held.reservation.slot, at});
        }
    }
    return out;
}

}  // namespace chela::sidecar::store
