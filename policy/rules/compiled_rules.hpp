#pragma once

#include "policy/rules/compile.hpp"

namespace chela::policy {

/// Where compiled rules say that they are written.
inline constexpr std::string_view kCompiledFrom = "guardrails";

/// What an agent's guardrails leave open: the forbids narrow it. Native currency is charged.
void add_compiled_permits(Policy& policy);

/// What the lists of recipients and tokens, and their published meaning, take away. Each level
/// holds: everywhere, and a chain's own.
void add_compiled_forbids(Policy& policy, const Guardrails& guardrails);

/// A clause without its text, which canonical::finish() adds.
[[nodiscard]] Clause compiled_clause(Field field, Comparison comparison, Operand operand = {});

}  // namespace chela::policy
