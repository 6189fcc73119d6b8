#include "policy/decide/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {

Bound sum_of(const Bound& left, const Bound& right) {
    if (!left || !right) return std::nullopt;
    const auto sum = add(*left, *right);
    return sum ? Bound{*sum} : std::nullopt;
}

Totals totals_of(std::span<const Parts> policies) {
    Parts most;
    for (const auto& parts : policies) {
        for (const auto& [part, amount] : parts) {
            const auto [at, is_new] = most.try_emplace(part, amount);
            auto& found = at->second;
            if (is_new || !found) continue;
            found = amount ? Bound{std::max(*found, *amount)} : std::nullopt;
        }
    }
    Totals totals;
    for (const auto& [part, amount] : most) {
        const auto [at, is_new] = totals.try_emplace(part.first, amount);
        if (!is_new) at->second = sum_of(at->second, amount);
    }
    std::erase_if(totals, [](const auto& each) { return each.second == U256{}; });
    return totals;
}

void check_meters(
    std::span<const BoundPolicy> policies, const Totals& totals, std::vector<Violation>& refusals) {
    std::map<MeterKey, const Budget*> first;
    for (const auto& bound : policies) {
        for (const auto& budget : bound.policy->budgets) {
            const auto key = meter_key(bound, budget.scope, budget.meter);
            if (!totals.contains(key)) continue;
            const auto [at, is_new] = first.try_emplace(key, &budget);
            const auto& other = *at->second;
            if (is_new || (other.counts == budget.counts && other.asset == budget.asset)) continue;
            const auto text = fmt::format(
                "two policies name a budget {} and count different things on it; rename one",
                budget.meter);
            refusals.push_back({.code = "E_BUDGET_CONFLICT", .detail = text, .limits = text});
        }
    }
}

Budget::Counts counts_of(std::span<const BoundPolicy> policies, const MeterKey& key) {
    for (const auto& bound : policies) {
        for (const auto& budget : bound.policy->budgets)
            if (meter_key(bound, budget.scope, budget.meter) == key) return budget.counts;
    }
    bug("a meter is charged that no policy has");
}

MeterKey meter_key(const BoundPolicy& bound, Budget::Scope scope, std::string_view meter) {
    MeterKey key{.scope = scope, .owner = {}, .meter = std::string{meter}};
    switch (scope) {
        case Budget::Scope::agent:
            key.owner = bound.agent_id;
            return key;
        case Budget::Scope::policy:
            key.owner = bound.policy->id;
            return key;
        case Budget::Scope::organization:
            return key;
    }
    bug("a scope that does not exist");
}

}  // namespace chela::policy
