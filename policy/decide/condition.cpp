#include "policy/decide/comparison.hpp"

#include <algorithm>

namespace chela::policy {

// The values stand in this order: no, unknown, yes.
Truth both(Truth left, Truth right) {
    return std::min(left, right);
}
Truth either(Truth left, Truth right) {
    return std::max(left, right);
}

Truth evaluate(
    const Condition& condition,
    const EffectNode& node,
    const Surroundings& surroundings,
    std::vector<ClauseTrace>& trace) {
    auto all = Truth::yes;
    for (const auto& clause : condition.clauses) {
        const auto value = field_value(node, clause.field, clause.argument);
        const auto truth = compare(clause, value, surroundings);
        trace.push_back({.clause = &clause, .truth = truth});
        all = both(all, truth);
    }
    for (const auto& alternatives : condition.any) {
        // One of none is never true.
        auto one = Truth::no;
        for (const auto& alternative : alternatives)
            one = either(one, evaluate(alternative, node, surroundings, trace));
        all = both(all, one);
    }
    return all;
}

}  // namespace chela::policy
