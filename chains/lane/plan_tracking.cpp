#include "chains/lane/tracking.hpp"

#include <algorithm>

namespace chela::chains::lane {
namespace {

struct Found {
    const Attempt* attempt{};
    const node::Receipt* receipt{};
};

/// Only one of them can be on the chain; a node that shows two is believed the last.
Found find_receipt(const Slot& slot, const Sight& sight) {
    Found found;
    for (const auto& attempt : slot.attempts) {
        const auto at = sight.receipts.find(attempt.hash);
        if (at != sight.receipts.end()) found = {&attempt, &at->second};
    }
    return found;
}

bool is_answered(const Slot& slot, const Sight& sight) {
    return std::ranges::all_of(
        slot.attempts, [&](const Attempt& each) { return sight.asked.contains(each.hash); });
}

bool is_final(const node::Receipt& receipt, const Sight& sight, const Rules& rules) {
    if (rules.use_finalized) return sight.finalized && receipt.block_number <= *sight.finalized;
    if (sight.head < receipt.block_number) return false;
    return sight.head.value - receipt.block_number.value + 1 >= rules.confirmations;
}

}  // namespace

std::optional<Step> track(
    const Slot& slot, const Sight& sight, const Rules& rules, bool& is_included) {
    is_included = slot.inclusion.has_value();
    const auto [attempt, receipt] = find_receipt(slot, sight);
    if (receipt != nullptr) {
        is_included = true;
        const bool is_over = is_final(*receipt, sight, rules);
        const Inclusion seen{attempt->number, receipt->block_number, receipt->block_hash};
        if (slot.inclusion == seen && !is_over) return std::nullopt;
        return Include{slot.nonce, attempt->number, *receipt, is_over};
    }
    if (!is_answered(slot, sight)) return std::nullopt;
    if (slot.inclusion) {
        is_included = false;
        return Reorganise{slot.nonce};
    }
    if (slot.nonce >= sight.used) return std::nullopt;
    if (slot.is_confirmed_missing && slot.missing_since &&
        has_passed(*slot.missing_since, rules.missing_after, sight.head)) {
        return Freeze{slot.nonce};
    }
    return Miss{slot.nonce};
}

}  // namespace chela::chains::lane
