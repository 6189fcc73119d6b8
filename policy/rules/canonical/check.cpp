#include "chains/abi/signature.hpp"
#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/fields.hpp"
#include "policy/rules/hint.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy::canonical {
namespace {

template <class T>
bool holds(const Clause& clause) {
    return std::holds_alternative<T>(clause.operand);
}
template <class T>
bool holds_list(const Clause& clause) {
    const auto* values = std::get_if<std::vector<T>>(&clause.operand);
    const bool is_single =
        clause.comparison == Comparison::equal || clause.comparison == Comparison::not_equal;
    return values != nullptr && (!is_single || values->size() == 1);
}

bool is_membership(Comparison comparison) {
    return comparison == Comparison::in || comparison == Comparison::not_in;
}

bool holds_addresses(const Clause& clause) {
    return holds_list<AddressPattern>(clause) ||
           (is_membership(clause.comparison) && holds<std::shared_ptr<const AddressSet>>(clause));
}
bool holds_number(const Clause& clause) {
    return is_membership(clause.comparison) ? holds<std::vector<U256>>(clause)
                                            : holds<U256>(clause);
}

/// Is the operand one that the field is compared with?
bool has_operand(const Clause& clause) {
    switch (class_of(clause.field)) {
        case FieldClass::asset:
        case FieldClass::asset_list:
            return holds_list<Asset>(clause);
        case FieldClass::address:
            return holds_addresses(clause);
        case FieldClass::amount:
            return holds<AssetAmount>(clause);
        case FieldClass::wei:
            return holds<U256>(clause);
        case FieldClass::number:
            return holds_number(clause);
        case FieldClass::time:
            return holds<std::chrono::milliseconds>(clause);
        case FieldClass::venue:
            return holds_list<VenuePattern>(clause);
        case FieldClass::word:
        case FieldClass::text:
        case FieldClass::signature:
            return holds_list<std::string>(clause);
        case FieldClass::chain:
            return holds_list<ChainId>(clause);
        case FieldClass::hash:
            return holds_list<Bytes>(clause);
        case FieldClass::argument:
            return holds_addresses(clause) || holds_number(clause) ||
                   holds_list<std::string>(clause) || holds_list<Bytes>(clause);
    }
    bug("a FieldClass that does not exist");
}

bool is_whole(const Clause& clause) {
    if ((clause.field == Field::argument) == clause.argument.empty()) return false;
    if (clause.comparison == Comparison::is_none || clause.comparison == Comparison::is_something) {
        return may_be_none(clause.field) && holds<std::monostate>(clause);
    }
    if (!can_compare(class_of(clause.field), clause.comparison)) return false;
    if (clause.comparison == Comparison::is_unbounded) return holds<std::monostate>(clause);
    return has_operand(clause);
}

bool is_whole(const Condition& condition, const std::vector<EffectKind>& effects) {
    const auto fits = [&](const Clause& clause) {
        return is_whole(clause) && std::ranges::all_of(effects, [&](EffectKind effect) {
                   return has_field(effect, clause.field);
               });
    };
    return std::ranges::all_of(condition.clauses, fits) &&
           std::ranges::all_of(condition.any, [&](const auto& alternatives) {
               return std::ranges::all_of(alternatives, [&](const Condition& alternative) {
                   return is_whole(alternative, effects);
               });
           });
}

bool has_meter(const Policy& policy, const std::string& meter, bool counts_claims) {
    const auto* budget = policy.find_meter(meter);
    return budget != nullptr && budget->counts_claims() == counts_claims;
}

bool is_hint_of(const Rule& rule) {
    const auto fields = fields_of_hint(rule.hint);
    return fields && std::ranges::all_of(*fields, [&](Field field) {
               return std::ranges::all_of(
                   rule.effects, [&](EffectKind effect) { return has_field(effect, field); });
           });
}

/// @return what is wrong, or ""
std::string_view problem_of(const Rule& rule, const Policy& policy) {
    const bool is_permit = rule.kind == Rule::Kind::permit;
    if (rule.id.empty() || rule.effects.empty()) return "names nothing";
    if (!is_whole(rule.condition, rule.effects)) return "compares what cannot be compared";
    if (rule.quorum.has_value() != (rule.kind == Rule::Kind::review)) return "misplaces a quorum";
    if (!is_permit && !rule.charge.empty()) return "charges, and is no permit";
    if (!is_hint_of(rule)) return "hints at a field that it does not have";
    for (const auto& meter : rule.charge)
        if (!has_meter(policy, meter, true)) return "charges a budget of the envelope";
    const bool permits_opaque =
        is_permit && std::ranges::find(rule.effects, EffectKind::opaque) != rule.effects.end();
    if (permits_opaque && !policy.is_compiled) return "permits what cannot be read";
    return {};
}

std::string_view problem_of(const Budget& budget, bool is_compiled) {
    if (budget.id.empty() || budget.meter.empty()) return "has no name";
    if (!budget.limit && !is_compiled) return "has no limit";
    const bool counts_amounts = budget.counts == Budget::Counts::amount;
    if (counts_amounts && !budget.asset && !is_compiled) return "has no asset";
    if (!names_only(budget.hint, "charge")) return "hints at what a budget does not have";
    const bool is_sliding = budget.window == Budget::Window::sliding;
    if (is_sliding != (budget.length > std::chrono::milliseconds{0})) return "has no window";
    return {};
}

}  // namespace

Status check(const Policy& policy) {
    const auto refuse = [](std::string_view what, std::string_view id, std::string_view problem) {
        return fail(
            ErrorCode::invalid_input, fmt::format("{} {} {}", what, id, problem),
            "E_POLICY_DOCUMENT");
    };
    for (const auto& budget : policy.budgets) {
        const auto problem = problem_of(budget, policy.is_compiled);
        if (!problem.empty()) return refuse("budget", budget.id, problem);
    }
    if (!names_only(policy.envelope.chain_hint, "chain")) {
        return refuse("envelope", "chain_hint", "hints at what it does not have");
    }
    for (const auto& meter : policy.envelope.charge) {
        if (!has_meter(policy, meter, false)) {
            return refuse("envelope", meter, "is no budget of fees or signatures");
        }
    }
    for (const auto& rule : policy.rules) {
        const auto problem = problem_of(rule, policy);
        if (!problem.empty()) return refuse(policy::to_string(rule.kind), rule.id, problem);
    }
    return {};
}

}  // namespace chela::policy::canonical
