#pragma once

#include "policy/rules/document.hpp"
#include "policy/rules/guardrails.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

// Budgets of compiled guardrails. They are charged whether a limit is set or not, so that one that
// is set later counts what was spent before.
inline constexpr std::string_view kGuardrailValueBudget = "guardrails/value";
inline constexpr std::string_view kGuardrailFeeBudget = "guardrails/fee";
inline constexpr std::string_view kGuardrailCountBudget = "guardrails/count";

/// An agent's guardrails as a policy document, with their published semantics: an empty allowlist
/// means any recipient, and unknown calldata is let through to contracts that the recipient
/// allowlist names.
[[nodiscard]] Policy compile_guardrails(const Guardrails& guardrails);

/// What of it is wider than chela's own default, in plain words, a sentence each.
[[nodiscard]] std::vector<std::string> explain_guardrails(const Guardrails& guardrails);

}  // namespace chela::policy
