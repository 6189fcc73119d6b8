#include "policy/gate/snapshot.hpp"

#include "policy/decide/window.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace chela::policy {
namespace {

/// Where a meter's windows begin.
using Edges = std::set<TimePoint>;

/// Sums up what every window holds or none does, so that neither a decision nor its record grows
/// with the number of payments. What the slot itself has taken stays apart.
void append_sums(
    std::vector<SpentCharge>& out,
    std::vector<SpentCharge> spent,
    const std::string& slot,
    const Edges& edges) {
    std::map<std::pair<std::optional<ChainId>, TimePoint>, SpentCharge> sums;
    for (auto& one : spent) {
        if (one.slot == slot) {
            out.push_back(std::move(one));
            continue;
        }
        const auto after = edges.upper_bound(one.at);
        if (after == edges.begin()) continue;
        const auto group = one.at == kStillOpen ? kStillOpen : *std::prev(after);
        const auto [sum, is_new] = sums.try_emplace({one.charge.chain, group}, one);
        if (is_new) {
            sum->second.slot.clear();
            continue;
        }
        const auto total = add(sum->second.charge.amount, one.charge.amount);
        sum->second.charge.amount = total ? *total : U256::max();
        sum->second.at = std::max(sum->second.at, one.at);
    }
    for (auto& [group, sum] : sums)
        out.push_back(std::move(sum));
}

}  // namespace

Result<LedgerSnapshot> snapshot(
    LedgerTransaction& ledger,
    std::span<const BoundPolicy> policies,
    std::string slot,
    TimePoint now) {
    const auto high_water = ledger.high_water();
    if (!high_water) return std::unexpected{high_water.error()};
    std::map<MeterKey, Edges> meters;
    for (const auto& bound : policies) {
        for (const auto& budget : bound.policy->budgets) {
            auto& edges = meters[meter_key(bound, budget.scope, budget.meter)];
            const auto start = window_start(budget, *high_water, now);
            if (start) edges.insert(*start);
        }
    }
    LedgerSnapshot out{.slot = std::move(slot), .spent = {}, .high_water = *high_water};
    for (const auto& [key, edges] : meters) {
        // Without a window only the slot's own charge counts, and that is open.
        auto spent = ledger.charges({key}, edges.empty() ? kStillOpen : *edges.begin());
        if (!spent) return std::unexpected{spent.error()};
        append_sums(out.spent, *std::move(spent), out.slot, edges);
    }
    return out;
}

}  // namespace chela::policy
