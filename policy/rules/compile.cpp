#include "policy/rules/compile.hpp"

#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/compiled_rules.hpp"

#include <chrono>

#include <fmt/format.h>

namespace chela::policy {
namespace {

/// What one meter counts, before any limit on it.
/// @param code  of what does not fit 256 bits, which no meter can count
Budget meter(std::string_view name, Budget::Counts counts, std::string_view code) {
    Budget budget;
    budget.id = budget.meter = name;
    budget.counts = counts;
    budget.window = Budget::Window::signature;
    budget.code = code;
    budget.hint = "{charge} cannot be counted; ask for less";
    budget.where = kCompiledFrom;
    return budget;
}

Budget value_meter() {
    return meter(kGuardrailValueBudget, Budget::Counts::amount, "E_VALUE_OVER_LIMIT");
}
Budget fee_meter() {
    return meter(kGuardrailFeeBudget, Budget::Counts::max_fee, "E_FEE_OVER_LIMIT");
}
Budget count_meter() {
    return meter(kGuardrailCountBudget, Budget::Counts::signatures, "E_TX_PER_DAY");
}

void add_limit(
    Policy& policy,
    const Budget& meter,
    std::string_view what,
    const std::optional<ChainId>& chain,
    const std::optional<U256>& limit,
    std::string_view code,
    std::string_view hint) {
    if (!limit) return;
    auto budget = meter;
    budget.id = fmt::format(
        "{}/{}{}", meter.id, what, chain ? fmt::format("/{}", chain->value) : std::string{});
    budget.chain = chain;
    budget.limit = limit;
    budget.code = code;
    budget.hint = hint;
    if (what == "day") {
        budget.window = Budget::Window::sliding;
        budget.length = std::chrono::hours{24};
    }
    if (what == "utc-day") budget.window = Budget::Window::utc_day;
    policy.budgets.push_back(std::move(budget));
}

std::optional<U256> number_of(const std::optional<Wei>& wei) {
    return wei ? std::optional{wei->value} : std::nullopt;
}
std::optional<U256> number_of(const std::optional<std::uint64_t>& count) {
    return count ? std::optional{U256{*count}} : std::nullopt;
}

/// The limits of one level. @param chain  of which it is; empty: of all
void add_budgets(Policy& policy, const Limits& limits, const std::optional<ChainId>& chain) {
    const auto value = value_meter();
    const auto fee = fee_meter();
    const auto count = count_meter();
    add_limit(
        policy, value, "one", chain, number_of(limits.max_value), "E_VALUE_OVER_LIMIT",
        "a value of {charge} is over the agent's limit for one transaction; send less, or ask an "
        "operator to raise it");
    add_limit(
        policy, value, "day", chain, number_of(limits.daily_limit), "E_DAILY_LIMIT",
        "a value of {charge} goes over the agent's limit for 24 hours; send less, wait until "
        "earlier spending is 24 hours old, or ask an operator to raise it");
    add_limit(
        policy, count, "utc-day", chain, number_of(limits.max_per_day), "E_TX_PER_DAY",
        "the agent has used up its transactions of this UTC day; wait for the next day, or ask an "
        "operator to raise the number");
    add_limit(
        policy, fee, "day", chain, number_of(limits.overhead_budget), "E_FEE_BUDGET",
        "the worst case of the fee goes over the agent's fee budget for 24 hours; lower the fee, "
        "wait, or ask an operator to raise the budget");
}

Envelope envelope_of(const Guardrails& guardrails) {
    Envelope envelope;
    for (const auto& chain : guardrails.allowed_chains)
        envelope.chains.push_back(chain.id);
    envelope.any_chain = guardrails.allowed_chains.empty();
    // Blobs and delegations are something that guardrails say nothing of.
    envelope.tx_types = {0, 1, 2};
    envelope.max_fee_per_gas = guardrails.everywhere.max_fee_per_gas;
    envelope.max_gas = guardrails.everywhere.max_gas_limit;
    for (const auto& [chain, named] : guardrails.per_chain) {
        const auto& limits = named.second;
        if (limits.max_fee_per_gas || limits.max_gas_limit) {
            envelope.per_chain[chain] = {limits.max_fee_per_gas, limits.max_gas_limit};
        }
    }
    envelope.charge = {std::string{kGuardrailFeeBudget}, std::string{kGuardrailCountBudget}};
    envelope.chain_hint =
        "chain {chain} is not one of the agent's chains; an operator can add it with `chela agent "
        "update`";
    envelope.where = kCompiledFrom;
    return envelope;
}

}  // namespace

Policy compile_guardrails(const Guardrails& guardrails) {
    Policy policy;
    policy.id = "guardrails";
    policy.version = 1;
    policy.is_compiled = true;
    policy.envelope = envelope_of(guardrails);
    policy.budgets = {value_meter(), fee_meter(), count_meter()};
    add_budgets(policy, guardrails.everywhere, std::nullopt);
    for (const auto& [chain, named] : guardrails.per_chain)
        add_budgets(policy, named.second, ChainId{chain});
    add_compiled_permits(policy);
    add_compiled_forbids(policy, guardrails);
    policy.simulation.must_not_revert = false;
    policy.simulation.where = kCompiledFrom;
    canonical::finish(policy);
    return policy;
}

}  // namespace chela::policy
