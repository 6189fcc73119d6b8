#include "policy/rules/lint.hpp"

#include "chains/base/rfc3339.hpp"

#include <algorithm>

namespace chela::policy {

bool speaks_of(const Rule& rule, EffectKind effect) {
    return std::ranges::find(rule.effects, effect) != rule.effects.end();
}

bool has_clause(const Condition& condition, Field field) {
    return std::ranges::find(condition.clauses, field, &Clause::field) != condition.clauses.end();
}

void for_each_clause(const Condition& condition, const std::function<void(const Clause&)>& visit) {
    for (const auto& clause : condition.clauses)
        visit(clause);
    for (const auto& alternatives : condition.any)
        for (const auto& alternative : alternatives)
            for_each_clause(alternative, visit);
}

bool is_empty(const Condition& condition) {
    return condition.clauses.empty() && condition.any.empty();
}

std::vector<Finding> lint(const Policy& policy, std::optional<TimePoint> now) {
    std::vector<Finding> findings;
    for (const auto checks : {lint_document(), lint_names(), lint_permits()}) {
        for (const auto& check : checks) {
            check.find(policy, [&](const std::string& where, std::string text) {
                findings.push_back(
                    {check.severity, where, std::string{check.code}, std::move(text)});
            });
        }
    }
    if (now && policy.expires && *policy.expires <= *now) {
        findings.push_back(
            {Finding::Severity::warning, policy.envelope.where, "L_EXPIRED",
             "expired on " + to_rfc3339(*policy.expires) + "; everything would be denied"});
    }
    return findings;
}

}  // namespace chela::policy
