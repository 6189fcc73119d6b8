#include "policy/decide/amount_rules.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace chela::policy {
namespace {

bool counts_for(const Level& level, const SpendEntry& spend) {
    return !level.only || *level.only == spend.chain;
}

/// Does `amount` on top of the last 24 hours go over `limit`? A sum that does not fit 256 bits
/// does.
bool is_over(
    const Wei& limit,
    Wei SpendEntry::* member,
    const Wei& amount,
    const Level& level,
    const DecisionInput& input) {
    const auto since = input.now - std::chrono::hours{24};
    auto sum = amount.value;
    for (const auto& spend : input.spends) {
        if (spend.at < since || !counts_for(level, spend)) continue;
        const auto next = add(sum, (spend.*member).value);
        if (!next) return true;
        sum = *next;
    }
    return sum > limit.value;
}

std::string native(const Wei& amount) {
    return format_units(amount.value, kNativeDecimals);
}

}  // namespace

void check_value(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations) {
    const auto value = chains::value(input.transaction);
    if (std::ranges::any_of(levels, [&](const Level& level) {
            return level.limits->max_value && value > *level.limits->max_value;
        })) {
        add(violations, "E_VALUE_OVER_LIMIT",
            fmt::format(
                "a value of {} is over the agent's limit for one transaction; send less, or ask "
                "an operator to raise it",
                native(value)));
    }
    if (std::ranges::any_of(levels, [&](const Level& level) {
            const auto& limit = level.limits->daily_limit;
            return limit && is_over(*limit, &SpendEntry::value, value, level, input);
        })) {
        add(violations, "E_DAILY_LIMIT",
            fmt::format(
                "a value of {} goes over the agent's limit for 24 hours; send less, wait until "
                "earlier spending is 24 hours old, or ask an operator to raise it",
                native(value)));
    }
}

void check_count(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations) {
    const TimePoint day = std::chrono::floor<std::chrono::days>(input.now);
    const auto is_full = [&](const Level& level) {
        if (!level.limits->max_per_day) return false;
        const auto count = std::ranges::count_if(input.spends, [&](const SpendEntry& spend) {
            return spend.at >= day && counts_for(level, spend);
        });
        return static_cast<std::uint64_t>(count) >= *level.limits->max_per_day;
    };
    if (std::ranges::any_of(levels, is_full)) {
        add(violations, "E_TX_PER_DAY",
            "the agent has used up its transactions of this UTC day; wait for the next day, or "
            "ask an operator to raise the number");
    }
}

void check_fees(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations) {
    const auto fee = chains::max_fee(input.transaction);
    if (std::ranges::any_of(levels, [&](const Level& level) {
            const auto& limit = level.limits->max_fee_per_gas;
            return limit && chains::max_gas_price(input.transaction) > *limit;
        })) {
        add(violations, "E_FEE_OVER_LIMIT",
            fmt::format(
                "a price of {} gwei for a unit of gas is over the agent's limit; offer less",
                format_units(chains::max_gas_price(input.transaction).value, 9)));
    }
    if (!fee || *fee > input.chain_max_fee) {
        add(violations, "E_FEE_OVER_LIMIT",
            fmt::format(
                "a fee of up to {} is over what one transaction may cost on this chain; lower "
                "the gas limit or the fee per gas",
                fee ? native(*fee) : "more than 2^256 wei"));
    }
    if (std::ranges::any_of(levels, [&](const Level& level) {
            const auto& budget = level.limits->overhead_budget;
            return budget && (!fee || is_over(*budget, &SpendEntry::fee, *fee, level, input));
        })) {
        add(violations, "E_FEE_BUDGET",
            "the worst case of the fee goes over the agent's fee budget for 24 hours; lower the "
            "fee, wait, or ask an operator to raise the budget");
    }
    if (std::ranges::any_of(levels, [&](const Level& level) {
            const auto& limit = level.limits->max_gas_limit;
            return limit && chains::gas_limit(input.transaction) > *limit;
        })) {
        add(violations, "E_GAS_OVER_LIMIT",
            fmt::format(
                "a gas limit of {} is over the agent's limit; lower it",
                chains::gas_limit(input.transaction).value));
    }
}

}  // namespace chela::policy
