#include "policy/rules/compiled_rules.hpp"

namespace chela::policy {
namespace {

using Words = std::vector<std::string>;
using Patterns = std::vector<AddressPattern>;

/// Only what the signer does itself: another account that obeys it has no guardrails of its own.
void permit(
    Policy& policy,
    std::string id,
    std::vector<EffectKind> effects,
    std::vector<Clause> clauses,
    std::vector<std::string> charge = {}) {
    Rule rule;
    rule.kind = Rule::Kind::permit;
    rule.id = std::move(id);
    rule.effects = std::move(effects);
    rule.condition.clauses = std::move(clauses);
    rule.condition.clauses.push_back(
        compiled_clause(Field::actor, Comparison::equal, Patterns{Self{}}));
    rule.charge = std::move(charge);
    rule.where = kCompiledFrom;
    policy.rules.push_back(std::move(rule));
}

}  // namespace

Clause compiled_clause(Field field, Comparison comparison, Operand operand) {
    Clause out;
    out.field = field;
    out.comparison = comparison;
    out.operand = std::move(operand);
    out.where = kCompiledFrom;
    return out;
}

void add_compiled_permits(Policy& policy) {
    using enum EffectKind;
    const std::vector<std::string> value{std::string{kGuardrailValueBudget}};
    const auto is_native = compiled_clause(Field::token, Comparison::is_none);
    const auto is_token = compiled_clause(Field::token, Comparison::is_something);
    permit(policy, "native-transfer", {transfer}, {is_native}, value);
    permit(policy, "token-transfer", {transfer}, {is_token});
    permit(policy, "token-grant", {grant, revoke}, {is_token});
    permit(
        policy, "wrap", {EffectKind::wrap},
        {compiled_clause(Field::direction, Comparison::equal, Words{"wrap"}),
         compiled_clause(Field::holder, Comparison::equal, Patterns{Self{}})},
        value);
    permit(
        policy, "unwrap", {EffectKind::wrap},
        {compiled_clause(Field::direction, Comparison::equal, Words{"unwrap"}),
         compiled_clause(Field::holder, Comparison::equal, Patterns{Self{}})});
    permit(
        policy, "native-swap", {swap}, {compiled_clause(Field::token_in, Comparison::is_none)},
        value);
    permit(
        policy, "token-swap", {swap}, {compiled_clause(Field::token_in, Comparison::is_something)});
    // A creation is always forbidden; it is here so that its value is reported as over a limit.
    permit(policy, "deploy", {deploy}, {}, value);
    permit(
        policy, "contract-call", {opaque},
        {compiled_clause(
            Field::kind, Comparison::in, Words{"unknown_selector", "untrusted_contract"})});
    permit(policy, "pinned-call", {EffectKind::call}, {});
}

}  // namespace chela::policy
