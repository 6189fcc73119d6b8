#include "sidecar/cli/policy_commands.hpp"
#include "sidecar/edge/clock.hpp"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {
namespace {

struct LintOptions {
    std::vector<std::string> files;
    bool is_strict = false;
};

bool has_warning(const std::vector<policy::Finding>& findings) {
    return std::ranges::any_of(findings, [](const policy::Finding& finding) {
        return finding.severity == policy::Finding::Severity::warning;
    });
}

/// One file. @return its exit status
int lint_file(
    const Session& session, const std::string& file, const LintOptions& options, Json& out) {
    const auto read = read_policy_file(file);
    if (!read) {
        const auto& error = read.error();
        out.push_back(
            {{"file", file},
             {"ok", false},
             {"error", {{"code", error.reason}, {"detail", error.detail}}},
             {"findings", Json::array()}});
        if (!session.json) std::cout << error.detail << " (" << error.reason << ")\n";
        return exit_status(error.code);
    }
    const auto& policy = read->policy;
    const auto findings = policy::lint(policy, SystemClock{}.now());
    const bool is_ok = !options.is_strict || !has_warning(findings);
    auto views = Json::array();
    for (const auto& finding : findings) {
        views.push_back(finding_view(finding));
        if (!session.json) std::cout << finding_line(finding) << "\n";
    }
    if (!session.json) {
        std::cout << file << ": " << policy.id << " version " << policy.version << " "
                  << (is_ok ? "loads" : "has warnings") << "\n";
    }
    out.push_back(
        {{"file", file},
         {"ok", is_ok},
         {"id", policy.id},
         {"version", policy.version},
         {"findings", views}});
    return is_ok ? 0 : exit_status(ErrorCode::invalid_input);
}

int lint(const Session& session, const LintOptions& options) {
    int status = 0;
    auto out = Json::array();
    for (const auto& file : options.files) {
        const auto one = lint_file(session, file, options, out);
        if (status == 0) status = one;
    }
    if (session.json) print_json({{"ok", status == 0}, {"files", out}});
    return status;
}

}  // namespace

void add_policy_lint(CLI::App& command, Session& session) {
    const auto options = std::make_shared<LintOptions>();
    auto* lint_command =
        command.add_subcommand("lint", "Check documents: do they load, and are they meant so?");
    lint_command->add_option("file", options->files, "Policy documents")->required();
    lint_command->add_flag("--strict", options->is_strict, "Fail on warnings as well");
    lint_command->footer(
        "Exit status 0: all load; 65: one does not, or has warnings under --strict; 66: no such "
        "file.\nNeeds no state directory.\n\nExample:\n  chela policy lint --strict policy.yaml");
    lint_command->callback([&session, options] {
        session.run = [&session, options] { return lint(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
