#pragma once

#include "policy/rules/guardrails.hpp"

#include <set>
#include <string>

namespace chela::policy {

/// @return the chain, or invalid_input with reason E_UNKNOWN_CHAIN naming the member
[[nodiscard]] Result<ChainId> resolve_member(
    const ChainResolver& resolve, const std::string& name, const std::string& member);

/// Reads tx_overhead_budget ({chain: decimal}) into the chains' limits: present replaces all fee
/// budgets but those of `named`.
/// @param named  chains whose budget per_chain_guardrails of the same request states; a different
/// amount for one is invalid_input
[[nodiscard]] Status read_overhead_budgets(
    Guardrails& guardrails,
    const Json& request,
    const ChainResolver& resolve,
    const std::set<std::uint64_t>& named);

}  // namespace chela::policy
