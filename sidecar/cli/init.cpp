#include "sidecar/app/initialize.hpp"
#include "sidecar/app/state_directory.hpp"
#include "sidecar/cli/commands.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

int init(const Session& session, const std::string& module) {
    const auto made = app::initialize({session.directory, module});
    if (!made) return report(session, made.error());
    const app::StateDirectory state{std::filesystem::absolute(session.directory)};
    const std::string key{made->admin_key.reveal()};
    if (session.json) {
        print_json(
            {{"directory", state.root.string()},
             {"config", state.config().string()},
             {"token", made->token_label},
             {"admin_key", key}});
        return 0;
    }
    std::cout << "Made " << state.root.string() << "\n"
              << "  chela.yaml       configuration; add a chain and an identity there\n"
              << "  chela.db         database\n"
              << "  token/           SoftHSM token \"" << made->token_label
              << "\"; PINs in token.pin and so.pin\n"
              << "  jwt-ed25519.pem  key that signs agents' tokens\n\n"
              << "Admin key, shown this once (Authorization: Bearer …):\n  " << key << "\n\n"
              << "Next:\n  chela agent create --help\n  chela serve --dir " << state.root.string()
              << "\n";
    return 0;
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
    auto* command =
        app.add_subcommand("init", "Make a state directory with its own token, database and keys");
    const auto module = std::make_shared<std::string>();
    command->add_option(
        "--pkcs11-module", *module, "SoftHSM2 module (default: found in the usual places)");
    command->footer(
        "Examples:\n  chela init --dir ./state\n  chela init --dir ./state --json | jq -r "
        ".admin_key");
    command->callback([&session, module] {
        session.run = [&session, module] { return init(session, *module); };
    });
}

}  // namespace chela::sidecar::cli
