#pragma once

#include "chains/base/bytes.hpp"
#include "policy/ledger/charge.hpp"
#include "policy/rules/document.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

enum class Verdict : std::uint8_t { deny, review, allow };
[[nodiscard]] std::string_view to_string(Verdict verdict);

/// Kleene's three values. Source: design, "Semantics" 3.
enum class Truth : std::uint8_t { no, unknown, yes };
[[nodiscard]] std::string_view to_string(Truth truth);

/// One clause of a rule against one effect. What the effect says is not kept: the record reads it
/// from the effect again (policy/decide/field_value.hpp).
struct ClauseTrace {
    const Clause* clause{};
    Truth truth{Truth::unknown};
};

/// One rule against one effect of a kind that it speaks of.
struct RuleTrace {
    const Rule* rule{};
    std::size_t effect{};  ///< position in effects_of()
    Truth truth{Truth::unknown};
    bool matched{};  ///< what the truth comes to: unknown matches forbids and reviews
    /// Every clause of the condition: its own, then those of each alternative, depth first.
    std::vector<ClauseTrace> clauses;
};

/// One check that is not of a rule. @param name  "chain", "tx_type", "max_total_fee" …
struct CheckTrace {
    std::string_view name;
    std::string expected;
    std::string actual;
    Truth truth{Truth::unknown};
};

struct BudgetTrace {
    const Budget* budget{};
    U256 before;   ///< of the window, without this slot; at most 2^256-1, which fits nothing more
    Bound charge;  ///< of this slot: what it takes now or took before, whichever is more; empty:
                   ///< no bound, or over 256 bits
    Bound after;   ///< empty: as charge
    bool fits{};
};

/// How one policy came to its verdict.
/// Ownership: points into the policy, which `policy` of the same position in the input keeps alive.
struct PolicyTrace {
    Hash256 digest;
    std::string id;
    std::uint64_t version{};
    Verdict verdict{Verdict::deny};
    std::vector<CheckTrace> envelope;
    std::vector<RuleTrace> rules;
    /// Of each effect: ids of the permits that claim it.
    std::vector<std::vector<std::string_view>> coverage;
    std::vector<BudgetTrace> budgets;
    std::vector<CheckTrace> simulation;
    std::optional<Quorum> quorum;  ///< of its reviews that match: the strictest
    bool is_approved{};            ///< as many people as the quorum asks for have agreed
};

struct Trace {
    std::vector<CheckTrace> structure;  ///< what no rule can lift
    std::vector<PolicyTrace> policies;
    std::vector<CheckTrace> witness;  ///< what the simulation took against what the effects declare
};

}  // namespace chela::policy
