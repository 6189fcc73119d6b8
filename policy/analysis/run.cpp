#include "policy/analysis/run.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy::analysis {

std::size_t FixtureReport::failures() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        results, [](const CaseResult& result) { return !result.differences.empty(); }));
}

FixtureReport run_fixture(const Fixture& fixture) {
    FixtureReport report;
    for (const auto& bound : fixture.policies)
        report.coverage.emplace_back(bound.policy);
    for (const auto& each : fixture.cases) {
        auto outcome = judge(each, fixture.policies, fixture.contracts);
        if (outcome.decision)
            for (auto& coverage : report.coverage)
                coverage.add(outcome.decision->trace);
        auto different = differences(each.expect, outcome);
        report.results.push_back({&each, std::move(outcome), std::move(different)});
    }
    return report;
}

}  // namespace chela::policy::analysis
