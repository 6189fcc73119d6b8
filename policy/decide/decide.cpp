#include "policy/decide/decide.hpp"

#include "policy/decide/amount_rules.hpp"
#include "policy/decide/effect_rules.hpp"
#include "policy/decide/levels.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

void check_chain(const DecisionInput& input, std::vector<Violation>& violations) {
    const auto chain = chains::chain_id(input.transaction);
    const auto& allowed = input.guardrails.allowed_chains;
    const auto is_listed =
        allowed.empty() || std::ranges::find(allowed, chain, &NamedChain::id) != allowed.end();
    // Chain id 0 would be a signature without replay protection; no list can allow it.
    if (chain.value != 0 && is_listed) return;
    add(violations, "E_CHAIN_NOT_ALLOWED",
        fmt::format(
            "chain {} is not one of the agent's chains; an operator can add it with `chela agent "
            "update`",
            chain.value));
}

}  // namespace

Decision decide(const DecisionInput& input) {
    Decision decision;
    const auto levels = levels_on(input.guardrails, chains::chain_id(input.transaction));
    check_chain(input, decision.violations);
    check_recipients(input, levels, decision.violations);
    check_tokens(input, levels, decision.violations);
    check_value(input, levels, decision.violations);
    check_count(input, levels, decision.violations);
    check_fees(input, levels, decision.violations);
    check_kinds(input, levels, decision.violations);
    if (decision.violations.empty()) decision.verdict = Verdict::allow;
    return decision;
}

}  // namespace chela::policy
