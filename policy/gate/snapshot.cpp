#include "policy/gate/snapshot.hpp"

#include "policy/decide/window.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace chela::policy {

Result<LedgerSnapshot> snapshot(
    LedgerTransaction& ledger,
    std::span<const BoundPolicy> policies,
    std::string slot,
    TimePoint now) {
    const auto high_water = ledger.high_water();
    if (!high_water) return std::unexpected{high_water.error()};
    std::map<MeterKey, std::set<TimePoint>> meters;
    for (const auto& bound : policies) {
        for (const auto& budget : bound.policy->budgets) {
            auto& edges = meters[meter_key(bound, budget.scope, budget.meter)];
            const auto start = window_start(budget, *high_water, now);
            if (start) edges.insert(*start);
        }
    }
    LedgerSnapshot out{.slot = std::move(slot), .spent = {}, .high_water = *high_water};
    for (const auto& [key, edges] : meters) {
        auto sums = ledger.sums(key, edges, out.slot);
        if (!sums) return std::unexpected{sums.error()};
        std::ranges::move(*sums, std::back_inserter(out.spent));
    }
    return out;
}

}  // namespace chela::policy
