#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/keyring.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

Json key_view(const store::SigningKeyRecord& key) {
    return {
        {"id", key.id},
        {"label", key.label},
        {"address", to_checksum(key.address)},
        {"public_key", to_hex(key.public_key)},
        {"created_at", to_rfc3339(key.created_at)}};
}

Json attributes_view(const signer::pkcs11::KeyAttributes& attributes) {
    return {
        {"CKA_SENSITIVE", attributes.sensitive},
        {"CKA_ALWAYS_SENSITIVE", attributes.always_sensitive},
        {"CKA_EXTRACTABLE", attributes.extractable},
        {"CKA_NEVER_EXTRACTABLE", attributes.never_extractable},
        {"CKA_LOCAL", attributes.local},
        {"CKA_SIGN", attributes.sign},
        {"CKA_PRIVATE", attributes.is_private},
        {"CKA_TOKEN", attributes.token}};
}

bool cannot_leave(const signer::pkcs11::KeyAttributes& attributes) {
    return attributes.sensitive && attributes.always_sensitive && !attributes.extractable &&
           attributes.never_extractable;
}

int create(const Session& session, const std::string& label) {
    auto opened = app::open(session.directory);
    if (!opened) return report(session, opened.error());
    flow::Keyring keyring{*opened->store, *opened->token};
    const auto key = keyring.create(label, "operator", SystemClock{}.now());
    if (!key) return report(session, key.error());
    if (session.json) {
        print_json(key_view(*key));
    } else {
        std::cout << "Made key " << key->label << " in the token, address "
                  << to_checksum(key->address) << "\n";
    }
    return 0;
}

int list(const Session& session) {
    const auto config = app::load_config(session.directory);
    if (!config) return report(session, config.error());
    const auto store = app::open_store({config->dir});
    if (!store) return report(session, store.error());
    const auto keys = (*store)->keys();
    if (!keys) return report(session, keys.error());
    Json out = Json::array();
    for (const auto& key : *keys) {
        out.push_back(key_view(key));
        if (!session.json) std::cout << to_checksum(key.address) << "  " << key.label << "\n";
    }
    if (session.json) print_json({{"keys", out}});
    if (!session.json && keys->empty())
        std::cout << "No keys yet; make one with: chela key create NAME\n";
    return 0;
}

int show(const Session& session, const std::string& name) {
    auto opened = app::open(session.directory);
    if (!opened) return report(session, opened.error());
    const auto key = opened->store->key(name);
    if (!key) return report(session, key.error());
    const auto info = opened->token->describe(key->token_id);
    if (!info) return report(session, info.error());
    if (info->public_key != key->public_key) {
        return report(
            session, {ErrorCode::bad_response,
                      "the token holds another key under this id than the one that was pinned",
                      "E_KEY_CHANGED"});
    }
    Json view = key_view(*key);
    view["attributes"] = attributes_view(info->attributes);
    view["can_leave_token"] = !cannot_leave(info->attributes);
    if (session.json) {
        print_json(view);
        return 0;
    }
    std::cout << "key      " << key->label << "\naddress  " << to_checksum(key->address) << "\n";
    for (const auto& [attribute, value] : view["attributes"].items()) {
        std::cout << "  " << attribute << " = " << (value.get<bool>() ? "true" : "false") << "\n";
    }
    std::cout
        << (cannot_leave(info->attributes)
                ? "The private key was made in the token and cannot leave it.\n"
                : "WARNING: this key could leave the token.\n");
    return 0;
}

}  // namespace

void add_key(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("key", "Signing keys in the PKCS#11 token");
    command->require_subcommand(1);
    const auto name = std::make_shared<std::string>();

    auto* make = command->add_subcommand("create", "Make a key that cannot leave the token");
    make->add_option("name", *name, "Its label")->required();
    make->footer("Example:\n  chela key create treasury");
    make->callback(
        [&session, name] { session.run = [&session, name] { return create(session, *name); }; });

    auto* all = command->add_subcommand("list", "List keys and addresses");
    all->callback([&session] { session.run = [&session] { return list(session); }; });

    auto* one = command->add_subcommand(
        "show", "Show one key with the PKCS#11 attributes that keep it in the token");
    one->add_option("name", *name, "Label or id")->required();
    one->footer("Example:\n  chela key show treasury --json | jq .attributes");
    one->callback(
        [&session, name] { session.run = [&session, name] { return show(session, *name); }; });
}

}  // namespace chela::sidecar::cli
