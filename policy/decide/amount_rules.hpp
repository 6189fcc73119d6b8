#pragma once

#include "policy/decide/decide.hpp"
#include "policy/decide/levels.hpp"

#include <span>
#include <vector>

namespace chela::policy {

/// E_VALUE_OVER_LIMIT and E_DAILY_LIMIT (rolling 24 h, later entries included).
void check_value(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations);
/// E_TX_PER_DAY: the UTC calendar day of `now` and everything after it.
void check_count(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations);
/// E_FEE_OVER_LIMIT, E_FEE_BUDGET and E_GAS_OVER_LIMIT, at the worst case of the fee.
void check_fees(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations);

}  // namespace chela::policy
