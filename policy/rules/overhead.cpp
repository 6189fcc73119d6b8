#include "policy/rules/overhead.hpp"

#include "policy/rules/members.hpp"

#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

constexpr std::string_view kMember = "tx_overhead_budget";

/// Drops the budgets that are not `named`, and the entries that held nothing else.
void clear_budgets(Guardrails& guardrails, const std::set<std::uint64_t>& named) {
    for (auto at = guardrails.per_chain.begin(); at != guardrails.per_chain.end();) {
        auto& limits = at->second.second;
        const auto is_cleared = limits.overhead_budget && !named.contains(at->first);
        if (is_cleared) limits.overhead_budget.reset();
        at = is_cleared && limits == Limits{} ? guardrails.per_chain.erase(at) : std::next(at);
    }
}

}  // namespace

Result<ChainId> resolve_member(
    const ChainResolver& resolve, const std::string& name, const std::string& member) {
    auto chain = resolve(name);
    if (chain) return chain;
    return fail(
        ErrorCode::invalid_input, fmt::format("{}: {}", member, chain.error().detail),
        "E_UNKNOWN_CHAIN");
}

Status read_overhead_budgets(
    Guardrails& guardrails,
    const Json& request,
    const ChainResolver& resolve,
    const std::set<std::uint64_t>& named) {
    const auto found = request.find(kMember);
    if (found == request.end()) return {};
    if (!found->is_null() && !found->is_object()) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format("{}: must be an object of chain and decimal amount", kMember));
    }
    clear_budgets(guardrails, named);
    std::set<std::uint64_t> seen;
    for (const auto& [name, amount] : found->items()) {
        const auto member = joined(kMember, name);
        const auto chain = resolve_member(resolve, name, member);
        if (!chain) return std::unexpected{chain.error()};
        if (!seen.insert(chain->value).second) {
            return fail(ErrorCode::invalid_input, member + ": the chain is there twice");
        }
        std::optional<Wei> budget;
        const auto status = read_amount(budget, *found, name, kMember, kNativeDecimals);
        if (!status) return status;
        if (!budget) return fail(ErrorCode::invalid_input, member + ": must be a decimal string");
        auto& entry = guardrails.per_chain.try_emplace(chain->value, name, Limits{}).first->second;
        if (named.contains(chain->value) && entry.second.overhead_budget != budget) {
            return fail(
                ErrorCode::invalid_input,
                member + ": differs from the chain's overhead_budget in per_chain_guardrails");
        }
        entry.second.overhead_budget = budget;
    }
    return {};
}

}  // namespace chela::policy
