#include "policy/rules/lint.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace chela::policy {
namespace {

using Report = LintCheck::Report;
using Severity = Finding::Severity;

void for_each_clause_of(const Policy& policy, const std::function<void(const Clause&)>& visit) {
    for (const auto& rule : policy.rules)
        for_each_clause(rule.condition, visit);
}

bool is_envelope_chain(const Policy& policy, ChainId chain) {
    const auto& chains = policy.envelope.chains;
    return policy.envelope.any_chain || std::ranges::find(chains, chain) != chains.end();
}

std::set<std::string> sets_in_use(const Policy& policy) {
    std::set<std::string> names;
    for_each_clause_of(policy, [&](const Clause& clause) {
        if (const auto* set = std::get_if<std::shared_ptr<const AddressSet>>(&clause.operand))
            names.insert((*set)->name);
    });
    return names;
}

void unused_set(const Policy& policy, const Report& report) {
    const auto used = sets_in_use(policy);
    for (const auto& set : policy.sets)
        if (!used.contains(set.name))
            report(set.where, fmt::format("no rule uses the set {}", set.name));
}

void empty_set(const Policy& policy, const Report& report) {
    const auto used = sets_in_use(policy);
    for (const auto& set : policy.sets)
        if (set.addresses.empty() && used.contains(set.name))
            report(set.where, fmt::format("the set {} is empty: it is nobody", set.name));
}

template <class T>
bool is_empty_list(const Clause& clause) {
    const auto* values = std::get_if<std::vector<T>>(&clause.operand);
    return values != nullptr && values->empty();
}

void empty_list(const Policy& policy, const Report& report) {
    for_each_clause_of(policy, [&](const Clause& clause) {
        if (is_empty_list<AddressPattern>(clause) || is_empty_list<Asset>(clause) ||
            is_empty_list<VenuePattern>(clause) || is_empty_list<U256>(clause) ||
            is_empty_list<std::string>(clause) || is_empty_list<ChainId>(clause) ||
            is_empty_list<Bytes>(clause)) {
            report(clause.where, fmt::format("\"{}\" compares with nothing", clause.expected));
        }
    });
}

void unused_budget(const Policy& policy, const Report& report) {
    std::set<std::string> charged{policy.envelope.charge.begin(), policy.envelope.charge.end()};
    for (const auto& rule : policy.rules)
        charged.insert(rule.charge.begin(), rule.charge.end());
    for (const auto& budget : policy.budgets)
        if (!charged.contains(budget.meter))
            report(budget.where, fmt::format("nothing charges the budget {}", budget.id));
}

std::vector<Asset> assets_in_use(const Policy& policy) {
    std::vector<Asset> used;
    for_each_clause_of(policy, [&](const Clause& clause) {
        if (const auto* assets = std::get_if<std::vector<Asset>>(&clause.operand))
            used.insert(used.end(), assets->begin(), assets->end());
        if (const auto* amount = std::get_if<AssetAmount>(&clause.operand))
            used.push_back(amount->asset);
    });
    for (const auto& budget : policy.budgets)
        if (budget.asset) used.push_back(*budget.asset);
    for (const auto& [asset, limit] : policy.simulation.max_outflow)
        used.push_back(asset);
    return used;
}

/// A native entry may be there for its symbol alone.
void unused_asset(const Policy& policy, const Report& report) {
    const auto used = assets_in_use(policy);
    for (const auto& asset : policy.assets)
        if (asset.asset.contract && std::ranges::find(used, asset.asset) == used.end())
            report(asset.where, fmt::format("no rule or budget names {}", asset.name));
}

void unreachable_asset(const Policy& policy, const Report& report) {
    for (const auto& asset : policy.assets) {
        if (is_envelope_chain(policy, asset.asset.chain)) continue;
        report(
            asset.where, fmt::format(
                             "{} is on chain {}, which the envelope does not list", asset.name,
                             asset.asset.chain.value));
    }
}

void unreachable_contract(const Policy& policy, const Report& report) {
    for (const auto& contract : policy.declared_contracts) {
        if (is_envelope_chain(policy, contract.chain)) continue;
        report(
            contract.where, fmt::format(
                                "{} is on chain {}, which the envelope does not list",
                                contract.name, contract.chain.value));
    }
}

void unreachable_chain(const Policy& policy, const Report& report) {
    for_each_clause_of(policy, [&](const Clause& clause) {
        const auto* chains = std::get_if<std::vector<ChainId>>(&clause.operand);
        const bool is_listed =
            clause.comparison == Comparison::equal || clause.comparison == Comparison::in;
        if (chains == nullptr || !is_listed) return;
        for (const auto chain : *chains)
            if (!is_envelope_chain(policy, chain))
                report(
                    clause.where,
                    fmt::format("chain {} is not one that the envelope lists", chain.value));
    });
}

constexpr std::array kChecks{
    LintCheck{"L_UNUSED_SET", Severity::warning, unused_set},
    LintCheck{"L_EMPTY_SET", Severity::warning, empty_set},
    LintCheck{"L_EMPTY_LIST", Severity::warning, empty_list},
    LintCheck{"L_UNUSED_BUDGET", Severity::warning, unused_budget},
    LintCheck{"L_UNUSED_ASSET", Severity::note, unused_asset},
    LintCheck{"L_UNREACHABLE_ASSET", Severity::warning, unreachable_asset},
    LintCheck{"L_UNREACHABLE_CONTRACT", Severity::warning, unreachable_contract},
    LintCheck{"L_UNREACHABLE_CHAIN", Severity::warning, unreachable_chain},
};

}  // namespace

std::span<const LintCheck> lint_names() {
    return kChecks;
}

}  // namespace chela::policy
