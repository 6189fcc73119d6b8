#include "policy/decide/decide.hpp"

#include "policy/decide/amount_rules.hpp"
#include "policy/decide/effect_rules.hpp"
#include "policy/decide/levels.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

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

/// What a transaction carries beside a call or a creation, which no rule judges yet.
struct UnjudgedPart {
    using Part = std::optional<std::string_view>;
    Part operator()(const chains::LegacyTransaction&) const { return std::nullopt; }
    Part operator()(const chains::Eip2930Transaction&) const { return std::nullopt; }
    Part operator()(const chains::Eip1559Transaction&) const { return std::nullopt; }
    Part operator()(const chains::Eip4844Transaction&) const { return "carries blobs (EIP-4844)"; }
    Part operator()(const chains::Eip7702Transaction&) const {
        return "sets the code of accounts (EIP-7702)";
    }
};

void check_type(const DecisionInput& input, std::vector<Violation>& violations) {
    const auto part = std::visit(UnjudgedPart{}, input.transaction);
    if (!part) return;
    add(violations, "E_TX_TYPE",
        fmt::format("a transaction that {} is not something that guardrails can allow", *part));
}

}  // namespace

Decision decide(const DecisionInput& input) {
    Decision decision;
    const auto levels = levels_on(input.guardrails, chains::chain_id(input.transaction));
    check_type(input, decision.violations);
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
