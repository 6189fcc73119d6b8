#include "sidecar/cli/main_command.hpp"

#include "sidecar/app/version.hpp"
#include "sidecar/cli/commands.hpp"

#include <CLI/CLI.hpp>

namespace chela::sidecar::cli {

namespace {

/// --dir and --json may stand before or behind any command, whose help shows them.
void add_common(CLI::App& app, std::string& directory, Session& session) {
    if (app.get_subcommands({}).empty() || app.get_parent() == nullptr) {
        app.add_option(
            "--dir", directory,
            "State directory (default: " + session.directory.string() + ", or $CHELA_DIR)");
        app.add_flag("--json", session.json, "Answer as JSON, for programs");
    }
    for (auto* command : app.get_subcommands({}))
        add_common(*command, directory, session);
}

void add_commands(CLI::App& app, std::string& directory, Session& session) {
    app.require_subcommand(1);
    add_init(app, session);
    add_serve(app, session);
    add_key(app, session);
    add_agent(app, session);
    add_operator(app, session);
    add_chain(app, session);
    add_approvals(app, session);
    add_tx(app, session);
    add_lane(app, session);
    add_policy(app, session);
    add_webhook(app, session);
    add_health(app, session);
    add_wait(app, session);
    add_quit(app, session);
    add_mcp(app, session);
    add_doctor(app, session);
    add_version(app, session);
    add_common(app, directory, session);
    // Last: a command made after it would show it as its own.
    app.footer(
        "Start here:\n  chela init --dir ./state\n  chela doctor --dir ./state\n"
        "  chela serve --dir ./state");
}

/// A word that is no command is the likeliest mistake, and CLI11 only says that one is required.
std::string unknown_command(const std::string& word, const CLI::App& app) {
    if (word.empty() || word.front() == '-') return {};
    std::string names;
    for (const auto* command : app.get_subcommands({})) {
        if (command->get_name() == word) return {};
        names += (names.empty() ? "" : ", ") + command->get_name();
    }
    return "there is no command \"" + word + "\"; there are " + names;
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app{
        "chela signs transactions for AI agents: it holds their credentials and keys, enforces "
        "their guardrails, simulates, signs in a PKCS#11 token and submits exactly once."};
    app.name("chela");
    app.set_version_flag("--version", "chela " + std::string{app::kVersion});
    Session session;
    session.directory = default_directory();
    std::string directory;
    add_commands(app, directory, session);
    if (const auto unknown = unknown_command(argc > 1 ? argv[1] : "", app); !unknown.empty()) {
        return report(session, {ErrorCode::invalid_input, unknown, "E_USAGE"});
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kExitUsage;
    }
    if (!directory.empty()) session.directory = directory;
    return session.run();
}

}  // namespace chela::sidecar::cli
