#pragma once

#include "policy/analysis/coverage.hpp"
#include "policy/analysis/fixture.hpp"
#include "policy/analysis/judge.hpp"

#include <string>
#include <vector>

namespace chela::policy::analysis {

struct CaseResult {
    const FixtureCase* of{};  ///< ownership: the fixture's
    Outcome outcome;
    std::vector<std::string> differences;  ///< empty: it is as expected
};

struct FixtureReport {
    std::vector<CaseResult> results;  ///< in the order of the cases
    std::vector<Coverage> coverage;   ///< one a policy
    [[nodiscard]] std::size_t failures() const;
};

/// Every case of a fixture, and what of its policies they have put to the test.
[[nodiscard]] FixtureReport run_fixture(const Fixture& fixture);

}  // namespace chela::policy::analysis
