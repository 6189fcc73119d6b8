#include "sidecar/app/version.hpp"

#include "sidecar/cli/commands.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

void add_version(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("version", "Show the version");
    command->footer("Example:\n  chela version --json | jq -r .version");
    command->callback([&session] {
        session.run = [&session] {
            if (session.json) {
                print_json(
                    {{"name", "chela"}, {"version", app::kVersion}, {"compiler", __VERSION__}});
            } else {
                std::cout << "chela " << app::kVersion << "\n";
            }
            return 0;
        };
    });
}

}  // namespace chela::sidecar::cli
