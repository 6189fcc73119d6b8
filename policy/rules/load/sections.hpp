#pragma once

#include "policy/rules/load/context.hpp"

#include <vector>

namespace chela::policy::load {

// The sections of a document, each into the policy of the context. Later ones use what earlier ones
// declared.
void read_header(const Node& document, Policy& policy);
/// Those written, and the native currency of each chain of the envelope.
void read_assets(const Node& document, Context& context);
void read_sets(const Node& document, Context& context);
void read_contracts(const Node& document, Context& context);
void read_budgets(const Node& document, Context& context);
void read_envelope(const Node& document, Context& context);
void read_simulation(const Node& document, Context& context);
void read_rules(const Node& document, Context& context);

/// The envelope's chains; empty: none, or no envelope.
[[nodiscard]] std::vector<ChainId> read_chains(const Node& document);

/// `where` of a rule. @param effects  what the rule speaks of, not empty
[[nodiscard]] Condition read_condition(
    const Node& node, Context& context, const std::vector<EffectKind>& effects);

/// Only budgets that count what the rule takes. @param rule  with its condition
[[nodiscard]] std::vector<std::string> read_charge(
    const Node& node, const Context& context, const Rule& rule);

}  // namespace chela::policy::load
