#pragma once

#include "policy/analysis/fixture.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chela::policy::analysis {

/// What the gate would answer.
struct Outcome {
    Verdict verdict{Verdict::deny};
    std::vector<std::string> codes;    ///< sorted, each once; empty of an allow
    std::vector<std::string> effects;  ///< words, in the order of the bytes; empty: nothing decoded
    std::vector<std::string> reasons;  ///< "CODE: sentence with thresholds", as they were given
    EffectTree tree;
    /// Empty: refused before anything was decided. Ownership: its trace points into the policies.
    std::optional<Decision> decision;
    std::string record;  ///< to_record(); empty with the decision
};

/// Decides a case as the gate does: the preimage must read back as what is judged, then decode,
/// then decide().
/// @param contracts  of all the policies
[[nodiscard]] Outcome judge(
    const FixtureCase& of, std::span<const BoundPolicy> policies, const Contracts& contracts);

/// What is not as expected, a line each; empty: all is.
[[nodiscard]] std::vector<std::string> differences(
    const Expectation& expected, const Outcome& actual);

}  // namespace chela::policy::analysis
