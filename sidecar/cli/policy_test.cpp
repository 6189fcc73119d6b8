#include "policy/analysis/run.hpp"
#include "sidecar/cli/policy_commands.hpp"
#include "sidecar/cli/policy_folder.hpp"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {
namespace {

using policy::analysis::CaseResult;
using policy::analysis::Coverage;
using policy::analysis::Fixture;
using policy::analysis::FixtureReport;

struct TestOptions {
    std::vector<std::string> folders;
    unsigned min_coverage = 0;
    std::string record;  ///< the case whose record is asked for
};

/// Over all folders.
struct Totals {
    std::size_t cases = 0;
    std::size_t failures = 0;
    bool is_covered = true;
};

Json case_view(const CaseResult& result) {
    const auto& outcome = result.outcome;
    return {{"name", result.of->name},          {"where", result.of->where},
            {"ok", result.differences.empty()}, {"verdict", policy::to_string(outcome.verdict)},
            {"codes", outcome.codes},           {"effects", outcome.effects},
            {"differences", result.differences}};
}

Json coverage_view(const Coverage& coverage) {
    return {{"policy", coverage.policy().id},  {"version", coverage.policy().version},
            {"percent", coverage.percent()},   {"seen", coverage.seen()},
            {"possible", coverage.possible()}, {"unmatched_rules", coverage.unmatched_rules()},
            {"missing", coverage.missing()}};
}

void print_case(const CaseResult& result) {
    const auto& outcome = result.outcome;
    const bool is_ok = result.differences.empty();
    std::cout << fmt::format(
        "  {}  {:6}  {}{}\n", is_ok ? "ok    " : "FAILED", policy::to_string(outcome.verdict),
        result.of->name,
        outcome.codes.empty() ? std::string{}
                              : fmt::format("  [{}]", fmt::join(outcome.codes, ", ")));
    if (is_ok) return;
    std::cout << "          at " << result.of->where << "\n";
    for (const auto& line : result.differences)
        std::cout << "          " << line << "\n";
}

void print_coverage(const Coverage& coverage) {
    std::cout << fmt::format(
        "  {} version {}: {} % covered ({} of {})\n", coverage.policy().id,
        coverage.policy().version, coverage.percent(), coverage.seen(), coverage.possible());
    for (const auto& line : coverage.missing())
        std::cout << "          " << line << "\n";
}

Json report_of(
    const Session& session,
    const std::string& folder,
    const FixtureReport& report,
    const TestOptions& options,
    Totals& totals) {
    auto cases = Json::array();
    auto covered = Json::array();
    if (!session.json) std::cout << folder << "\n";
    for (const auto& result : report.results) {
        cases.push_back(case_view(result));
        if (!session.json) print_case(result);
    }
    for (const auto& coverage : report.coverage) {
        covered.push_back(coverage_view(coverage));
        if (!session.json) print_coverage(coverage);
        totals.is_covered = totals.is_covered && coverage.percent() >= options.min_coverage;
    }
    totals.cases += report.results.size();
    totals.failures += report.failures();
    return {{"folder", folder}, {"cases", cases}, {"coverage", covered}};
}

int test(const Session& session, const TestOptions& options) {
    Totals totals;
    auto folders = Json::array();
    for (const auto& folder : options.folders) {
        const auto fixture = read_fixture_folder(folder);
        if (!fixture) return report(session, fixture.error());
        const auto ran = policy::analysis::run_fixture(*fixture);
        folders.push_back(report_of(session, folder, ran, options, totals));
    }
    const bool is_ok = totals.failures == 0 && totals.is_covered;
    if (session.json) {
        print_json(
            {{"ok", is_ok},
             {"cases", totals.cases},
             {"failures", totals.failures},
             {"covered", totals.is_covered},
             {"folders", folders}});
    } else {
        std::cout << fmt::format("{} cases, {} failed\n", totals.cases, totals.failures);
        if (!totals.is_covered) {
            std::cout << fmt::format("less than {} % covered\n", options.min_coverage);
        }
    }
    return is_ok ? 0 : 1;
}

/// The record of one case alone, as the store keeps those of decisions.
int print_record(const Session& session, const TestOptions& options) {
    for (const auto& folder : options.folders) {
        const auto fixture = read_fixture_folder(folder);
        if (!fixture) return report(session, fixture.error());
        const auto found =
            std::ranges::find(fixture->cases, options.record, &policy::analysis::FixtureCase::name);
        if (found == fixture->cases.end()) continue;
        const auto outcome = policy::analysis::judge(*found, fixture->policies, fixture->contracts);
        if (outcome.decision) {
            std::cout << outcome.record << "\n";
            return 0;
        }
        return report(
            session, {ErrorCode::invalid_input,
                      "it is refused before anything is decided: " + outcome.reasons.front(),
                      "E_NO_RECORD"});
    }
    return report(
        session,
        {ErrorCode::not_found, "there is no case \"" + options.record + "\"", "E_NO_CASE"});
}

}  // namespace

void add_policy_test(CLI::App& command, Session& session) {
    const auto options = std::make_shared<TestOptions>();
    auto* test_command = command.add_subcommand(
        "test", "Run the cases of fixture folders, and show what they cover");
    test_command->add_option("folder", options->folders, "Folders of policy.yaml and cases")
        ->required();
    test_command
        ->add_option(
            "--min-coverage", options->min_coverage,
            "Fail when the cases of a policy cover less than so many percent")
        ->check(CLI::Range(0, 100));
    test_command->add_option(
        "--record", options->record,
        "Only print the decision's record of the case of this name, for chela policy explain");
    test_command->footer(
        "A folder has policy.yaml, cases.yaml or cases/*.yaml, and organization.yaml where a "
        "second\ndocument stands above. Covered: each rule matched once, each of its clauses was "
        "true once\nand not true once.\n\nExit status 0: all as expected; 1: a case is not, or too "
        "little is covered; 65: a file does\nnot read; 66: there is none. Needs no state "
        "directory.\n\nExample:\n  chela policy test examples/policies/*/ --min-coverage 90");
    test_command->callback([&session, options] {
        session.run = [&session, options] {
            return options->record.empty() ? test(session, *options)
                                           : print_record(session, *options);
        };
    });
}

}  // namespace chela::sidecar::cli
