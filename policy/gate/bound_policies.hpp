#pragma once

#include "policy/decide/decide.hpp"
#include "policy/ledger/ledger.hpp"

#include <string>
#include <vector>

namespace chela::policy {

/// All that must allow what the agent asks for: its guardrails, unless it has none and a document
/// speaks for it, and its documents.
[[nodiscard]] std::vector<BoundPolicy> bound_policies(
    const AgentRules& rules, const std::string& agent_id);

/// A budget, and what has been taken of it.
struct Spending {
    std::shared_ptr<const Policy> policy;
    const Budget* budget{};  ///< of the policy
    U256 spent;              ///< in what the budget counts
};
/// Every budget that holds for the agent, in the policies' order, as decisions see them at `now`.
/// @return as the ledger's calls
[[nodiscard]] Result<std::vector<Spending>> spending(
    LedgerTransaction& ledger, const AgentRules& rules, const std::string& agent_id, TimePoint now);

}  // namespace chela::policy
