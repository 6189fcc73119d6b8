#pragma once

#include "policy/rules/load.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// One thing that lint() looks for. `find` calls its second argument with where it is and a
/// sentence.
struct LintCheck {
    using Report = std::function<void(const std::string& where, std::string text)>;
    std::string_view code;
    Finding::Severity severity;
    void (*find)(const Policy& policy, const Report& report);
};

// One table a subject, each in its own file.
[[nodiscard]] std::span<const LintCheck> lint_names();
[[nodiscard]] std::span<const LintCheck> lint_permits();
[[nodiscard]] std::span<const LintCheck> lint_document();

// What checks of several subjects ask.
[[nodiscard]] bool speaks_of(const Rule& rule, EffectKind effect);
/// Does a clause of the field stand in the condition itself, not in an alternative?
[[nodiscard]] bool has_clause(const Condition& condition, Field field);
/// Calls `visit` for each clause, those of alternatives too.
void for_each_clause(const Condition& condition, const std::function<void(const Clause&)>& visit);
[[nodiscard]] bool is_empty(const Condition& condition);

}  // namespace chela::policy
