#include "policy/decide/judgement.hpp"
#include "policy/rules/hint.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

bool speaks_of(const Rule& rule, EffectKind kind) {
    return std::ranges::find(rule.effects, kind) != rule.effects.end();
}
/// Unknown is never yes: it stops, and it does not allow.
bool is_match(Rule::Kind kind, Truth truth) {
    switch (kind) {
        case Rule::Kind::permit:
            return truth == Truth::yes;
        case Rule::Kind::forbid:
        case Rule::Kind::review:
            return truth != Truth::no;
    }
    bug("a kind of rule that does not exist");
}

std::string usual_detail(const Rule& rule, EffectKind kind, Truth truth) {
    const auto act = rule.kind == Rule::Kind::forbid ? "forbids" : "asks people about";
    if (truth == Truth::unknown) {
        return fmt::format(
            "the rule {} {} this {}, since a fact that it needs is not known", rule.id, act,
            to_string(kind));
    }
    return fmt::format("the rule {} {} this {}", rule.id, act, to_string(kind));
}

std::string detail_of(const Judgement& of, const RuleTrace& match) {
    const auto& rule = *match.rule;
    const auto& node = *of.effects[match.effect];
    if (rule.hint.empty()) return usual_detail(rule, kind_of(effect_of(node)), match.truth);
    return fill_hint(
        rule.hint, [&](Field field) { return text_of(field_value(node, field), of.policy()); });
}

/// With what the rule compared, which has its thresholds.
std::string limits_of(const std::string& detail, const RuleTrace& match) {
    std::string out = fmt::format("{} [{}", detail, match.rule->id);
    for (const auto& clause : match.clauses) {
        if (clause.truth != Truth::no) {
            out += fmt::format("; {}: {}", clause.clause->expected, to_string(clause.truth));
        }
    }
    return out + "]";
}

std::string code_of(const Rule& rule) {
    if (!rule.code.empty()) return rule.code;
    return rule.kind == Rule::Kind::forbid ? "E_FORBIDDEN" : "E_REVIEW_REQUIRED";
}

void report(Judgement& of, const RuleTrace& match) {
    if (!match.matched || match.rule->kind == Rule::Kind::permit) return;
    auto detail = detail_of(of, match);
    auto limits = limits_of(detail, match);
    auto& out = match.rule->kind == Rule::Kind::forbid ? of.refusals : of.review_reasons;
    out.push_back(
        {.code = code_of(*match.rule), .detail = std::move(detail), .limits = std::move(limits)});
    if (match.rule->kind != Rule::Kind::review) return;
    merge_quorum(of.trace.quorum, match.rule->quorum.value_or(Quorum{}), of.refusals);
}

}  // namespace

void apply_rules(Judgement& of) {
    const auto operation = of.facts.envelope.operation;
    for (const auto& rule : of.policy().rules) {
        if (!covers(rule.operations, operation)) continue;
        for (std::size_t at = 0; at < of.effects.size(); ++at) {
            const auto& node = *of.effects[at];
            if (!speaks_of(rule, kind_of(effect_of(node)))) continue;
            RuleTrace match{.rule = &rule, .effect = at, .clauses = {}};
            match.clauses.reserve(rule.condition.clauses.size());
            match.truth = evaluate(
                rule.condition, node,
                {.self = of.facts.self, .actor = node.actor, .now = of.facts.now}, match.clauses);
            match.matched = is_match(rule.kind, match.truth);
            report(of, match);
            of.trace.rules.push_back(std::move(match));
        }
    }
}

}  // namespace chela::policy
