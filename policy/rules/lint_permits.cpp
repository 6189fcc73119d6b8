#include "chains/abi/signature.hpp"
#include "policy/decode/decoder.hpp"
#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/fields.hpp"
#include "policy/rules/lint.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using Report = LintCheck::Report;
using Severity = Finding::Severity;
using enum EffectKind;

template <class Visit>
void for_each_permit(const Policy& policy, EffectKind effect, const Visit& visit) {
    for (const auto& rule : policy.rules)
        if (rule.kind == Rule::Kind::permit && speaks_of(rule, effect)) visit(rule);
}

/// Does an ordering or equality, or a forbid of more, bound the amount?
bool bounds_amount(const Condition& condition) {
    return std::ranges::any_of(condition.clauses, [](const Clause& clause) {
        return clause.field == Field::amount && (clause.comparison == Comparison::less ||
                                                 clause.comparison == Comparison::less_or_equal ||
                                                 clause.comparison == Comparison::equal);
    });
}

bool forbids_unlimited(const Rule& rule) {
    if (rule.kind != Rule::Kind::forbid || !speaks_of(rule, grant)) return false;
    const auto is_unlimited = [](const Condition& condition) {
        return condition.any.empty() && condition.clauses.size() == 1 &&
               condition.clauses.front().comparison == Comparison::is_unbounded;
    };
    const auto& [clauses, any] = rule.condition;
    if (is_empty(rule.condition) || is_unlimited(rule.condition)) return true;
    return clauses.empty() && any.size() == 1 && std::ranges::any_of(any.front(), is_unlimited);
}

std::string name_of(const Policy& policy, const Asset& asset) {
    const auto* known = policy.find_asset(asset);
    return known == nullptr ? fmt::format("an asset on chain {}", asset.chain.value) : known->name;
}

void unlimited_grant(const Policy& policy, const Report& report) {
    if (std::ranges::any_of(policy.rules, forbids_unlimited)) return;
    for_each_permit(policy, grant, [&](const Rule& rule) {
        // A budget is a bound: what has none goes over it.
        if (bounds_amount(rule.condition) || !rule.charge.empty()) return;
        report(rule.where, fmt::format("{} permits unlimited grants", rule.id));
    });
}

void lasting_grant(const Policy& policy, const Report& report) {
    for_each_permit(policy, grant, [&](const Rule& rule) {
        if (has_clause(rule.condition, Field::expiry)) return;
        report(rule.where, fmt::format("{} permits grants that never expire", rule.id));
    });
}

void grant_to_anybody(const Policy& policy, const Report& report) {
    for_each_permit(policy, grant, [&](const Rule& rule) {
        if (has_clause(rule.condition, Field::spender)) return;
        report(rule.where, fmt::format("{} permits grants to any spender", rule.id));
    });
}

void no_budget(const Policy& policy, const Report& report) {
    for (const auto effect : {transfer, grant, swap, deploy}) {
        for_each_permit(policy, effect, [&](const Rule& rule) {
            if (!rule.charge.empty()) return;
            report(
                rule.where,
                fmt::format(
                    "{} permits to {} without charging a budget", rule.id, to_string(effect)));
        });
    }
}

void pay_anybody(const Policy& policy, const Report& report) {
    for_each_permit(policy, transfer, [&](const Rule& rule) {
        if (has_clause(rule.condition, Field::to)) return;
        report(rule.where, fmt::format("{} permits to pay anybody", rule.id));
    });
}

/// Is the field one of some values in every case that the condition allows?
bool is_fixed(const Condition& condition, Field field) {
    const auto fixes = [field](const Clause& clause) {
        return clause.field == field &&
               (clause.comparison == Comparison::equal || clause.comparison == Comparison::in);
    };
    return std::ranges::any_of(condition.clauses, fixes) ||
           std::ranges::any_of(condition.any, [field](const auto& alternatives) {
               return !alternatives.empty() &&
                      std::ranges::all_of(alternatives, [field](const Condition& alternative) {
                          return is_fixed(alternative, field);
                      });
           });
}

/// Moving with the signer's key what somebody else owns: an allowance makes it possible.
void not_own(const Policy& policy, const Report& report) {
    for_each_permit(policy, transfer, [&](const Rule& rule) {
        if (is_fixed(rule.condition, Field::from)) return;
        report(
            rule.where,
            fmt::format("{} permits to move anybody's tokens; add from: self", rule.id));
    });
    for_each_permit(policy, grant, [&](const Rule& rule) {
        if (is_fixed(rule.condition, Field::owner)) return;
        report(
            rule.where,
            fmt::format("{} permits grants of anybody's tokens; add owner: self", rule.id));
    });
}

/// WETH and its like are the only tokens that native currency is wrapped into.
void dead_wrap(const Policy& policy, const Report& report) {
    for (const auto& rule : policy.rules) {
        if (rule.effects != std::vector{wrap}) continue;
        for_each_clause(rule.condition, [&](const Clause& clause) {
            const auto* assets = std::get_if<std::vector<Asset>>(&clause.operand);
            if (clause.field != Field::asset || assets == nullptr) return;
            for (const auto& asset : *assets) {
                if (!asset.contract || policy.contracts.kind_of(asset.chain, *asset.contract) ==
                                           ContractKind::wrapped_native)
                    continue;
                report(
                    clause.where,
                    fmt::format(
                        "{} never wraps: {} is not known as wrapped native currency; if it is, "
                        "declare it under contracts with kind: wrapped-native",
                        rule.id, name_of(policy, asset)));
            }
        });
    }
}

void swap_recipient(const Policy& policy, const Report& report) {
    for_each_permit(policy, swap, [&](const Rule& rule) {
        if (has_clause(rule.condition, Field::recipient)) return;
        report(
            rule.where,
            fmt::format("{} lets anybody receive what is bought; add recipient: self", rule.id));
    });
}

void swap_minimum(const Policy& policy, const Report& report) {
    for_each_permit(policy, swap, [&](const Rule& rule) {
        if (has_clause(rule.condition, Field::min_out)) return;
        report(rule.where, fmt::format("{} permits swaps that get nothing: no min_out", rule.id));
    });
}

void swap_deadline(const Policy& policy, const Report& report) {
    for_each_permit(policy, swap, [&](const Rule& rule) {
        if (has_clause(rule.condition, Field::deadline)) return;
        report(
            rule.where,
            fmt::format("{} permits swaps that wait; add deadline_within: 5m", rule.id));
    });
}

/// Every permit says who acts, be it only by default.
bool says_only_who_acts(const Condition& condition) {
    return condition.any.empty() &&
           std::ranges::all_of(condition.clauses, [](const Clause& clause) {
               return clause.field == Field::actor;
           });
}

void wide_permit(const Policy& policy, const Report& report) {
    for (const auto& rule : policy.rules) {
        if (rule.kind != Rule::Kind::permit || !says_only_who_acts(rule.condition)) continue;
        report(
            rule.where,
            fmt::format("{} permits every {}; add a where", rule.id, to_string(rule.effects[0])));
    }
}

void dead_permit(const Policy& policy, const Report& report) {
    for (const auto& permit : policy.rules) {
        if (permit.kind != Rule::Kind::permit) continue;
        for (const auto effect : permit.effects) {
            const auto forbids_all = [&](const Rule& rule) {
                return rule.kind == Rule::Kind::forbid && speaks_of(rule, effect) &&
                       is_empty(rule.condition) && rule.operations.empty();
            };
            const auto found = std::ranges::find_if(policy.rules, forbids_all);
            if (found == policy.rules.end()) continue;
            report(
                permit.where,
                fmt::format(
                    "{} is dead: {} forbids every {}", permit.id, found->id, to_string(effect)));
        }
    }
}

void overlapping_permits(const Policy& policy, const Report& report) {
    std::map<std::pair<EffectKind, std::string>, const Rule*> first;
    for (const auto& rule : policy.rules) {
        if (rule.kind != Rule::Kind::permit) continue;
        for (const auto effect : rule.effects) {
            const auto key = std::pair{effect, canonical::to_json(rule.condition).dump()};
            const auto [at, is_new] = first.emplace(key, &rule);
            if (is_new) continue;
            report(
                rule.where, fmt::format(
                                "{} says what {} says: their budgets are both charged", rule.id,
                                at->second->id));
        }
    }
}

/// Every condition of `wide` is one of `narrow` as well.
bool is_wider(const Condition& wide, const Condition& narrow) {
    const auto less = canonical::to_json(wide);
    const auto more = canonical::to_json(narrow);
    const auto is_part = [&](const char* member) {
        const auto& all = more[member];
        return std::ranges::all_of(less[member], [&all](const Json& one) {
            return std::ranges::find(all, one) != all.end();
        });
    };
    return less != more && is_part("clauses") && is_part("any");
}

/// Two permits are "or": what was meant as one more condition is none.
void wider_permit(const Policy& policy, const Report& report) {
    for (const auto effect : all_effect_kinds()) {
        for_each_permit(policy, effect, [&](const Rule& narrow) {
            for_each_permit(policy, effect, [&](const Rule& wide) {
                if (!wide.operations.empty() || !is_wider(wide.condition, narrow.condition)) return;
                report(
                    wide.where,
                    fmt::format("{} permits all that {} permits, and more", wide.id, narrow.id));
            });
        });
    }
}

/// A field that must equal two different things.
void contradiction(const Policy& policy, const Report& report) {
    for (const auto& rule : policy.rules) {
        std::map<std::pair<Field, std::string>, const Clause*> first;
        for (const auto& clause : rule.condition.clauses) {
            if (clause.comparison != Comparison::equal) continue;
            const auto [at, is_new] =
                first.emplace(std::pair{clause.field, clause.argument}, &clause);
            if (is_new) continue;
            report(
                clause.where, fmt::format(
                                  "{} never holds: \"{}\" and \"{}\"", rule.id,
                                  at->second->expected, clause.expected));
        }
    }
}

/// A function that chela decodes into another effect is never a `call`.
void decoded_function(const Policy& policy, const Report& report) {
    std::map<std::string, chains::abi::Selector> selectors;
    for (const auto& contract : policy.declared_contracts)
        for (const auto& function : contract.functions)
            if (find_function(chains::abi::selector(function), contract.kind))
                selectors.emplace(
                    chains::abi::canonical_text(function), chains::abi::selector(function));
    for (const auto& rule : policy.rules) {
        for_each_clause(rule.condition, [&](const Clause& clause) {
            if (clause.field != Field::function) return;
            for (const auto& function : std::get<std::vector<std::string>>(clause.operand))
                if (selectors.contains(function))
                    report(
                        clause.where,
                        fmt::format(
                            "{} is no call for chela, which reads it as another effect; write a "
                            "rule for that one",
                            function));
        });
    }
}

constexpr std::array kChecks{
    LintCheck{"L_UNLIMITED_GRANT", Severity::warning, unlimited_grant},
    LintCheck{"L_LASTING_GRANT", Severity::note, lasting_grant},
    LintCheck{"L_GRANT_TO_ANYBODY", Severity::warning, grant_to_anybody},
    LintCheck{"L_NO_BUDGET", Severity::warning, no_budget},
    LintCheck{"L_PAY_ANYBODY", Severity::warning, pay_anybody},
    LintCheck{"L_NOT_OWN", Severity::warning, not_own},
    LintCheck{"L_DEAD_WRAP", Severity::warning, dead_wrap},
    LintCheck{"L_SWAP_RECIPIENT", Severity::warning, swap_recipient},
    LintCheck{"L_SWAP_MINIMUM", Severity::warning, swap_minimum},
    LintCheck{"L_SWAP_DEADLINE", Severity::note, swap_deadline},
    LintCheck{"L_WIDE_PERMIT", Severity::warning, wide_permit},
    LintCheck{"L_DEAD_PERMIT", Severity::warning, dead_permit},
    LintCheck{"L_OVERLAPPING_PERMITS", Severity::warning, overlapping_permits},
    LintCheck{"L_WIDER_PERMIT", Severity::warning, wider_permit},
    LintCheck{"L_CONTRADICTION", Severity::warning, contradiction},
    LintCheck{"L_DECODED_FUNCTION", Severity::warning, decoded_function},
};

}  // namespace

std::span<const LintCheck> lint_permits() {
    return kChecks;
}

}  // namespace chela::policy
