#include "sidecar/cli/main_command.hpp"

#include "sidecar/cli/commands.hpp"

#include <CLI/CLI.hpp>

namespace chela::sidecar::cli {

namespace {

constexpr int kExitUsage = 64;

/// --dir and --json belong to the whole program but may stand behind any sub-command.
void add_common(CLI::App& app, Session& session) {
    app.fallthrough();
    for (auto* command : app.get_subcommands({}))
        add_common(*command, session);
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app{
        "chela signs transactions for AI agents: it holds their credentials and keys, enforces "
        "their guardrails, "
        "simulates, signs in a PKCS#11 token and submits exactly once."};
    app.name("chela");
    Session session;
    session.directory = default_directory();
    std::string directory;
    app.add_option(
        "--dir", directory,
        "State directory (default: " + session.directory.string() + ", or $CHELA_DIR)");
    app.add_flag("--json", session.json, "Answer as JSON, for programs");
    app.require_subcommand(1);
    app.footer(
        "Start here:\n  chela init --dir ./state\n  chela doctor --dir ./state\n  chela serve "
        "--dir ./state");
    add_init(app, session);
    add_serve(app, session);
    add_key(app, session);
    add_agent(app, session);
    add_tx(app, session);
    add_doctor(app, session);
    add_version(app, session);
    add_common(app, session);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kExitUsage;
    }
    if (!directory.empty()) session.directory = directory;
    return session.run();
}

}  // namespace chela::sidecar::cli
