#include "chains/base/hex.hpp"
#include "policy/decide/field_value.hpp"
#include "policy/decide/record/parts.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

OrderedJson record_of(const std::vector<CheckTrace>& checks) {
    auto out = OrderedJson::array();
    for (const auto& [name, expected, actual, truth] : checks) {
        out.push_back(
            {{"name", name},
             {"expected", expected},
             {"actual", actual},
             {"truth", to_string(truth)}});
    }
    return out;
}

/// Writes the clauses of one rule back into the shape of its condition.
class ConditionWriter {
public:
    ConditionWriter(const RuleTrace& trace, const EffectNode& node, const Policy& policy)
        : trace_{trace},
          node_{node},
          policy_{policy} {}

    OrderedJson write(const Condition& condition) {
        auto clauses = OrderedJson::array();
        for (std::size_t i = 0; i < condition.clauses.size(); ++i)
            clauses.push_back(next());
        auto any = OrderedJson::array();
        for (const auto& alternatives : condition.any) {
            auto each = OrderedJson::array();
            for (const auto& alternative : alternatives)
                each.push_back(write(alternative));
            any.push_back(std::move(each));
        }
        return {{"clauses", std::move(clauses)}, {"any", std::move(any)}};
    }

private:
    OrderedJson next() {
        if (at_ == trace_.clauses.size()) bug("a trace has fewer clauses than its rule");
        const auto& [clause, truth] = trace_.clauses[at_++];
        const auto actual = field_value(node_, clause->field, clause->argument);
        return {
            {"expected", clause->expected},
            {"actual", text_of(actual, policy_)},
            {"truth", to_string(truth)}};
    }

    const RuleTrace& trace_;
    const EffectNode& node_;
    const Policy& policy_;
    std::size_t at_ = 0;
};

OrderedJson record_of(const RuleTrace& trace, const EffectNode& node, const Policy& policy) {
    return {
        {"rule", trace.rule->id},
        {"kind", policy::to_string(trace.rule->kind)},
        {"effect", trace.effect},
        {"truth", to_string(trace.truth)},
        {"matched", trace.matched},
        {"where", ConditionWriter{trace, node, policy}.write(trace.rule->condition)}};
}

OrderedJson record_of(const BudgetTrace& trace) {
    const auto& limit = trace.budget->limit;
    return {
        {"budget", trace.budget->id},
        {"meter", trace.budget->meter},
        {"before", to_decimal(trace.before)},
        {"charge", policy::record_of(trace.charge)},
        {"after", policy::record_of(trace.after)},
        {"limit", limit ? OrderedJson(to_decimal(*limit)) : OrderedJson(nullptr)},
        {"fits", trace.fits}};
}

OrderedJson record_of(
    const PolicyTrace& trace, const Policy& policy, std::span<const EffectNode* const> effects) {
    auto rules = OrderedJson::array();
    for (const auto& rule : trace.rules)
        rules.push_back(record_of(rule, *effects[rule.effect], policy));
    auto coverage = OrderedJson::array();
    for (const auto& permits : trace.coverage)
        coverage.push_back(permits);
    auto budgets = OrderedJson::array();
    for (const auto& budget : trace.budgets)
        budgets.push_back(record_of(budget));
    auto out = object_for(11);
    out["id"] = trace.id;
    out["version"] = trace.version;
    out["digest"] = to_hex(trace.digest);
    out["verdict"] = to_string(trace.verdict);
    out["envelope"] = record_of(trace.envelope);
    out["rules"] = std::move(rules);
    out["coverage"] = std::move(coverage);
    out["budgets"] = std::move(budgets);
    out["simulation"] = record_of(trace.simulation);
    out["quorum"] = policy::record_of(trace.quorum);
    out["approved"] = trace.is_approved;
    return out;
}

}  // namespace

OrderedJson record_of_decision(
    const Decision& decision, std::span<const BoundPolicy> policies, const Facts& facts) {
    const auto effects = effects_of(*facts.tree);
    auto violations = OrderedJson::array();
    for (const auto& [code, detail, limits] : decision.violations)
        violations.push_back({{"code", code}, {"detail", detail}, {"limits", limits}});
    auto charges = OrderedJson::array();
    for (const auto& charge : decision.charges)
        charges.push_back(policy::record_of(charge));
    auto traces = OrderedJson::array();
    for (std::size_t i = 0; i < decision.trace.policies.size(); ++i)
        traces.push_back(record_of(decision.trace.policies[i], *policies[i].policy, effects));
    auto out = object_for(7);
    out["verdict"] = to_string(decision.verdict);
    out["violations"] = std::move(violations);
    out["charges"] = std::move(charges);
    out["quorum"] = policy::record_of(decision.quorum);
    out["structure"] = record_of(decision.trace.structure);
    out["witness"] = record_of(decision.trace.witness);
    out["policies"] = std::move(traces);
    return out;
}

}  // namespace chela::policy
