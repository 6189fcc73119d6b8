#include "policy/decide/window.hpp"

#include "chains/base/result.hpp"

#include <algorithm>

namespace chela::policy {

std::optional<TimePoint> window_start(const Budget& budget, TimePoint high_water, TimePoint now) {
    // A clock that was moved back frees nothing.
    const auto latest = std::max(now, high_water);
    switch (budget.window) {
        case Budget::Window::sliding:
            // A window that reaches before all time counts everything.
            if (latest.time_since_epoch() < TimePoint::min().time_since_epoch() + budget.length) {
                return TimePoint::min();
            }
            return latest - budget.length;
        case Budget::Window::utc_day:
            return std::chrono::floor<std::chrono::days>(latest);
        case Budget::Window::unlimited:
            return TimePoint::min();
        case Budget::Window::signature:
            return std::nullopt;
    }
    bug("a window that does not exist");
}

U256 spent_of(
    const Budget& budget, const MeterKey& key, const LedgerSnapshot& ledger, TimePoint now) {
    const auto start = window_start(budget, ledger.high_water, now);
    if (!start) return {};
    U256 sum;
    for (const auto& [charge, slot, at] : ledger.spent) {
        if (at < *start || slot == ledger.slot || charge.key != key) continue;
        if (budget.chain && charge.chain != budget.chain) continue;
        const auto next = add(sum, charge.amount);
        if (!next) return U256::max();
        sum = *next;
    }
    return sum;
}

}  // namespace chela::policy
