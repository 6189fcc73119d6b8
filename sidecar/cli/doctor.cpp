#include "sidecar/app/diagnose.hpp"
#include "sidecar/cli/commands.hpp"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

int doctor(const Session& session) {
    const auto findings = app::diagnose(session.directory);
    const bool all_ok =
        std::ranges::all_of(findings, [](const auto& finding) { return finding.is_ok; });
    Json out = Json::array();
    for (const auto& finding : findings) {
        out.push_back(
            {{"check", finding.check}, {"ok", finding.is_ok}, {"detail", finding.detail}});
        if (!session.json)
            std::cout << (finding.is_ok ? "ok    " : "FAIL  ") << finding.check << ": "
                      << finding.detail << "\n";
    }
    if (session.json) print_json({{"ok", all_ok}, {"checks", out}});
    if (!all_ok && !findings.empty() && findings.front().check == "configuration" &&
        !findings.front().is_ok)
        return kExitConfig;
    return all_ok ? 0 : exit_status(ErrorCode::unavailable);
}

}  // namespace

void add_doctor(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand(
        "doctor",
        "Check configuration, file modes, database, policy files, token, nodes and clock");
    command->footer(
        "Exit status 0: all is well; 69: something is not; 78: chela.yaml is wrong.\n\nExample:\n  "
        "chela doctor --dir ./state");
    command->callback([&session] { session.run = [&session] { return doctor(session); }; });
}

}  // namespace chela::sidecar::cli
