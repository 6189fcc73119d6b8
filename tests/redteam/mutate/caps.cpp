#include "tests/redteam/mutate/caps.hpp"

#include <algorithm>

namespace chela::redteam {
namespace {

using policy::Bound;
using policy::Clause;
using policy::Comparison;
using policy::Field;
using policy::Policy;
using policy::Rule;

Bound least(const Bound& a, const Bound& b) {
    if (!a) return b;
    return b ? std::min(*a, *b) : *a;
}

Bound limit_of(const Clause& clause) {
    const auto* amount = std::get_if<policy::AssetAmount>(&clause.operand);
    if (amount == nullptr || (clause.field != Field::amount && clause.field != Field::max_in)) {
        return std::nullopt;
    }
    if (clause.comparison == Comparison::less_or_equal) return amount->amount;
    return std::nullopt;
}

using CapOfRule = Bound (*)(const Rule& rule, const Policy& policy);

Bound budget_of(const Rule& rule, const Policy& policy) {
    Bound cap;
    for (const auto& meter : rule.charge)
        if (const auto* budget = policy.find_meter(meter)) cap = least(cap, budget->limit);
    return cap;
}

Bound cap_of(const Rule& rule, const Policy& policy) {
    Bound cap = budget_of(rule, policy);
    for (const auto& clause : rule.condition.clauses)
        cap = least(cap, limit_of(clause));
    return cap;
}

/// The largest of the claiming permits' caps. @return empty: one of them has none, or none claims
Bound largest(
    const std::vector<std::string_view>& claims, const Policy& policy, CapOfRule cap_of_rule) {
    Bound most;
    for (const auto& rule : policy.rules) {
        if (rule.kind != Rule::Kind::permit || std::ranges::find(claims, rule.id) == claims.end())
            continue;
        const auto cap = cap_of_rule(rule, policy);
        if (!cap) return std::nullopt;
        most = std::max(most.value_or(U256{}), *cap);
    }
    return most;
}

std::vector<Cap> caps_by(const Subject& subject, CapOfRule cap_of_rule) {
    const auto effects = policy::effects_of(subject.original->tree);
    const auto& policies = subject.fixture->policies;
    std::vector<Cap> out;
    for (std::size_t at = 0; at < effects.size(); ++at) {
        const auto amount = amount_of(policy::effect_of(*effects[at]));
        Bound most;
        for (std::size_t i = 0; i < policies.size(); ++i) {
            const auto& claims = subject.original->decision->trace.policies[i].coverage[at];
            most = least(most, largest(claims, *policies[i].policy, cap_of_rule));
        }
        if (amount && most) out.push_back({effects[at], *amount, *most});
    }
    return out;
}

struct AmountOf {
    Bound operator()(const policy::Transfer& effect) const { return effect.amount; }
    Bound operator()(const policy::Grant& effect) const { return effect.amount; }
    Bound operator()(const policy::Swap& effect) const { return effect.max_in; }
    Bound operator()(const policy::Wrap& effect) const { return effect.amount; }
    Bound operator()(const auto& /*effect*/) const { return std::nullopt; }
};

}  // namespace

std::optional<U256> amount_of(const policy::Effect& effect) {
    return std::visit(AmountOf{}, effect);
}

std::vector<Cap> caps_of(const Subject& subject) {
    return caps_by(subject, cap_of);
}

std::vector<Cap> budgets_of(const Subject& subject) {
    return caps_by(subject, budget_of);
}

bool bounds_expiry(const Subject& subject) {
    for (const auto& policy : subject.original->decision->trace.policies)
        for (const auto& rule : policy.rules)
            for (const auto& clause : rule.clauses)
                if (rule.matched && clause.clause->field == Field::expiry) return true;
    return false;
}

std::optional<U256> native_cap(const Subject& subject) {
    const auto& policy = *subject.fixture->policies.front().policy;
    Bound most;
    for (const auto& rule : policy.rules) {
        const auto& clauses = rule.condition.clauses;
        const auto is_native = std::ranges::any_of(clauses, [](const Clause& clause) {
            const auto* assets = std::get_if<std::vector<policy::Asset>>(&clause.operand);
            return assets != nullptr && !assets->front().contract;
        });
        if (rule.kind != Rule::Kind::permit || !is_native) continue;
        most = std::max(most.value_or(U256{}), cap_of(rule, policy).value_or(U256::max()));
    }
    return most;
}

}  // namespace chela::redteam
