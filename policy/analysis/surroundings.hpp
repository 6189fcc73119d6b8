#pragma once

#include "policy/analysis/scope.hpp"

namespace chela::policy::analysis {

// Members of a case beside its request, each into the case.

/// `spent: [{budget, amount, ago, slot}]`: without `ago` the signature can still take effect.
/// `high_water: TIME`; without it the latest of the settled charges.
void read_ledger(const Node& section, Scope& scope, FixtureCase& out);
/// `simulation: {outcome, degraded, age_blocks, changes: [{account, asset or token, token_id,
/// change}]}`
void read_simulation_of(const Node& section, Scope& scope, FixtureCase& out);
/// `expect: {verdict, codes, effects}`
void read_expectation(const Node& section, FixtureCase& out);

}  // namespace chela::policy::analysis
