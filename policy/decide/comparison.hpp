#pragma once

#include "policy/decide/facts.hpp"
#include "policy/decide/field_value.hpp"
#include "policy/decide/trace.hpp"
#include "policy/rules/clause.hpp"

#include <vector>

namespace chela::policy {

/// What the words of a document stand for in one signature.
struct Surroundings {
    Address self;
    Address actor;
    TimePoint now;
};

[[nodiscard]] Truth negation(Truth truth);
/// Kleene's "and" and "or".
[[nodiscard]] Truth both(Truth left, Truth right);
[[nodiscard]] Truth either(Truth left, Truth right);

/// Is the clause true of the value? An unbounded amount is greater than every amount; amounts of
/// two assets, and kinds of values that do not compare, are unknown. Of a list, equal and in mean
/// that every item is in (an empty list passes), not_equal and not_in that none is.
[[nodiscard]] Truth compare(
    const Clause& clause, const FieldValue& value, const Surroundings& surroundings);

/// Is the condition true of the effect? Every clause is looked at, so that the trace is complete.
/// @param trace  gets one entry a clause, in the order that RuleTrace names
[[nodiscard]] Truth evaluate(
    const Condition& condition,
    const EffectNode& node,
    const Surroundings& surroundings,
    std::vector<ClauseTrace>& trace);

}  // namespace chela::policy
