#include "policy/gate/bound_policies.hpp"

#include "policy/decide/window.hpp"
#include "policy/gate/snapshot.hpp"
#include "policy/rules/compile.hpp"

#include <memory>
#include <utility>

namespace chela::policy {

std::vector<BoundPolicy> bound_policies(const AgentRules& rules, const std::string& agent_id) {
    // A document replaces what guardrails leave open by their published semantics; where guardrails
    // say nothing and a document does, only the document grants.
    std::vector<BoundPolicy> bound;
    const bool has_document = !rules.policies.empty();
    if (!has_document || rules.guardrails != Guardrails{}) {
        auto compiled = rules.compiled_guardrails;
        if (!compiled) {
            compiled = std::make_shared<const Policy>(compile_guardrails(rules.guardrails));
        }
        bound.push_back({std::move(compiled), agent_id});
    }
    for (const auto& policy : rules.policies)
        bound.push_back({policy, agent_id});
    return bound;
}

Result<std::vector<Spending>> spending(
    LedgerTransaction& ledger,
    const AgentRules& rules,
    const std::string& agent_id,
    TimePoint now) {
    // No signature is being decided: a slot that none has.
    constexpr const char* kNoSlot = "none";
    const auto bound = bound_policies(rules, agent_id);
    const auto taken = snapshot(ledger, bound, kNoSlot, now);
    if (!taken) return std::unexpected{taken.error()};
    std::vector<Spending> out;
    for (const auto& each : bound) {
        for (const auto& budget : each.policy->budgets) {
            const auto key = meter_key(each, budget.scope, budget.meter);
            out.push_back({each.policy, &budget, spent_of(budget, key, *taken, now)});
        }
    }
    return out;
}

}  // namespace chela::policy
