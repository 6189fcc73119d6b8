#include "policy/rules/compile.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

using List = std::vector<Address> Limits::*;
using Limit = std::optional<Wei> Limits::*;

/// Is the list, or limit, set for every chain on which the agent may sign?
template <class IsSet>
bool holds_everywhere(const Guardrails& guardrails, const IsSet& is_set) {
    if (is_set(guardrails.everywhere)) return true;
    const auto has_own = [&](const NamedChain& chain) {
        const auto found = guardrails.per_chain.find(chain.id.value);
        return found != guardrails.per_chain.end() && is_set(found->second.second);
    };
    return !guardrails.allowed_chains.empty() &&
           std::ranges::all_of(guardrails.allowed_chains, has_own);
}

bool has_list(const Guardrails& guardrails, List list) {
    return holds_everywhere(
        guardrails, [&](const Limits& limits) { return !(limits.*list).empty(); });
}
bool has_limit(const Guardrails& guardrails, Limit limit) {
    return holds_everywhere(
        guardrails, [&](const Limits& limits) { return (limits.*limit).has_value(); });
}

bool names_contracts(const Limits& limits) {
    return !limits.to_allowlist.empty();
}

}  // namespace

std::vector<std::string> explain_guardrails(const Guardrails& guardrails) {
    std::vector<std::string> sentences;
    if (guardrails.allowed_chains.empty()) {
        sentences.emplace_back("No chains are listed: transactions on every configured chain.");
    }
    if (!has_list(guardrails, &Limits::to_allowlist)) {
        sentences.emplace_back("No recipients are listed: anybody may be paid.");
    }
    if (!has_list(guardrails, &Limits::token_allowlist)) {
        sentences.emplace_back(
            "No tokens are listed: any token may be moved, where the recipient allowlist lets its "
            "contract be called.");
    }
    if (!has_limit(guardrails, &Limits::max_value) ||
        !has_limit(guardrails, &Limits::daily_limit)) {
        sentences.emplace_back(
            "Native currency has no limit for one transaction or none for 24 hours.");
    }
    sentences.emplace_back("Amounts of tokens have no limit: guardrails count native currency.");
    const bool calls_unknown = names_contracts(guardrails.everywhere) ||
                               std::ranges::any_of(guardrails.per_chain, [](const auto& entry) {
                                   return names_contracts(entry.second.second);
                               });
    if (calls_unknown) {
        sentences.emplace_back(
            "A contract in the recipient allowlist that is no token may be called with calldata "
            "that is not understood.");
    }
    return sentences;
}

}  // namespace chela::policy
