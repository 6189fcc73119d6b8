#include "sidecar/flow/lane_room.hpp"

#include "chains/base/address.hpp"
#include "sidecar/flow/pricing.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::flow {

namespace {

// geth keeps 64 queued transactions of one account; more would be dropped.
constexpr std::size_t kMaxOpen = 64;

bool waits_for_a_block(const store::IntentRecord& intent) {
    return intent.state != store::IntentState::mined;
}

Result<Wei> total_cost(
    const std::vector<store::IntentRecord>& open,
    const std::string& intent_id,
    const chains::Transaction& transaction) {
    auto total = worst_case_cost(transaction);
    if (!total) return total;
    for (const auto& other : open) {
        if (other.id == intent_id) continue;
        if (other.state == store::IntentState::mined) continue;  // the balance shows it already
        const auto waiting = chains::decode_unsigned(other.preimage);
        if (!waiting) return std::unexpected{waiting.error()};
        const auto cost = worst_case_cost(*waiting);
        if (!cost) return cost;
        const auto sum = add(total->value, cost->value);
        if (!sum) return std::unexpected{sum.error()};
        total = Wei{*sum};
    }
    return total;
}

Status check_balance(
    const std::vector<store::IntentRecord>& open,
    const policy::Lane& lane,
    const std::string& intent_id,
    const chains::Transaction& transaction,
    Wei balance) {
    const auto needed = total_cost(open, intent_id, transaction);
    if (!needed) return std::unexpected{needed.error()};
    if (*needed <= balance) return {};
    return fail(
        ErrorCode::reverted,
        fmt::format(
            "{} holds {}, but this transaction and those waiting before it may cost {} of the "
            "native currency",
            to_checksum(lane.address), format_units(balance.value, kNativeDecimals),
            format_units(needed->value, kNativeDecimals)),
        "E_INSUFFICIENT_FUNDS");
}

/// Of an intent that chela would send.
Status check_not_held(const std::vector<store::IntentRecord>& open) {
    const auto held = std::ranges::find_if(open, store::waits_for_its_caller);
    if (held == open.end()) return {};
    return fail(
        ErrorCode::unavailable,
        fmt::format(
            "transaction {} was signed for the caller with nonce {} and is not mined yet; send "
            "its signed_tx first "
            "(GET …/transactions/{}?include_signed_tx=true) or cancel it, then try again",
            held->id, held->nonce.value_or(Nonce{}).value, held->id),
        "E_LANE_WAITS_FOR_SIGNED");
}

}  // namespace

Status check_not_held(store::IntentStore& store, const store::IntentRecord& intent) {
    if (intent.sign_only) return {};
    const auto open = store.open_intents_of({intent.chain_id, intent.from});
    if (!open) return std::unexpected{open.error()};
    return check_not_held(*open);
}

Status check_lane_room(
    store::IntentStore& store,
    const policy::Lane& lane,
    const store::IntentRecord& intent,
    const chains::Transaction& transaction,
    Wei balance) {
    const auto open = store.open_intents_of(lane);
    if (!open) return std::unexpected{open.error()};
    const auto waiting = static_cast<std::size_t>(std::ranges::count_if(*open, waits_for_a_block));
    if (waiting >= kMaxOpen) {
        return fail(
            ErrorCode::rate_limited,
            fmt::format(
                "{} transactions of {} wait to be mined; try again when some are", waiting,
                to_checksum(lane.address)),
            "E_LANE_FULL");
    }
    if (!intent.sign_only) {
        if (auto ok = check_not_held(*open); !ok) return ok;
    }
    return check_balance(*open, lane, intent.id, transaction, balance);
}

Status check_funds(
    store::IntentStore& store,
    const policy::Lane& lane,
    const std::string& intent_id,
    const chains::Transaction& transaction,
    Wei balance) {
    const auto open = store.open_intents_of(lane);
    if (!open) return std::unexpected{open.error()};
    return check_balance(*open, lane, intent_id, transaction, balance);
}

}  // namespace chela::sidecar::flow
