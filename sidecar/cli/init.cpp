#include "sidecar/app/initialize.hpp"
#include "sidecar/app/state_directory.hpp"
#include "sidecar/cli/commands.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

using Keys = app::InitializeOptions::Keys;

/// Where keys live, as a line of what was made.
std::string keys_line(const app::Initialized& made) {
    if (made.token_label.empty())
        return "  keystore/        encrypted key files; their password in keystore.password";
    return "  token/           SoftHSM token \"" + made.token_label +
           "\"; PINs in token.pin and so.pin";
}

int init(const Session& session, const std::string& module, Keys keys) {
    const auto made = app::initialize({session.directory, module, keys});
    if (!made) return report(session, made.error());
    const app::StateDirectory state{made->directory};
    const std::string key{made->admin_key.reveal()};
    if (session.json) {
        print_json(
            {{"directory", state.root.string()},
             {"config", state.config().string()},
             {"token", keys == Keys::keystore ? Json(nullptr) : Json(made->token_label)},
             {"admin_key", key}});
        return 0;
    }
    std::cout << "Made " << state.root.string() << "\n"
              << "  chela.yaml       configuration; add a chain and an identity there\n"
              << "  chela.db         database\n"
              << keys_line(*made) << "\n"
              << "  jwt-ed25519.pem  key that signs agents' tokens\n\n"
              << "Admin key, shown this once (Authorization: Bearer …):\n  " << key << "\n\n"
              << "Next:\n  name a chain in " << state.config().string()
              << "\n  chela agent create --help\n  chela serve --dir " << state.root.string()
              << "\n";
    return 0;
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
    auto* command =
        app.add_subcommand("init", "Make a state directory with its own token, database and keys");
    const auto module = std::make_shared<std::string>();
    auto* const named_module = command->add_option(
        "--pkcs11-module", *module, "SoftHSM2 module (default: found in the usual places)");
    const auto keystore = std::make_shared<bool>(false);
    command
        ->add_flag(
            "--keystore", *keystore, "Keep keys in encrypted files instead of a token; for tests")
        ->excludes(named_module);
    command->footer(
        "Examples:\n  chela init --dir ./state\n  chela init --dir ./state --json | jq -r "
        ".admin_key");
    command->callback([&session, module, keystore] {
        const auto keys = *keystore ? Keys::keystore : Keys::token;
        session.run = [&session, module, keys] { return init(session, *module, keys); };
    });
}

}  // namespace chela::sidecar::cli
