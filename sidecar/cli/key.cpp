#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/cli/key_commands.hpp"
#include "sidecar/edge/clock.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

int create(const Session& session, const std::string& label, const std::string& where) {
    const auto backend = parse_backend(where);
    if (!backend) return report(session, backend.error());
    const auto desk = open_key_desk(session);
    if (!desk) return report(session, desk.error());
    const auto key = (*desk)->keyring.create(label, kOperator, SystemClock{}.now(), *backend);
    if (!key) return report(session, key.error());
    return show_new_key(session, "Made", *key);
}

/// What is known of keys without asking where they live.
Result<std::unique_ptr<store::Store>> open_key_store(const Session& session) {
    const auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    return app::open_store({config->dir});
}

int list(const Session& session) {
    const auto store = open_key_store(session);
    if (!store) return report(session, store.error());
    const auto keys = (*store)->keys();
    if (!keys) return report(session, keys.error());
    Json out = Json::array();
    for (const auto& key : *keys) {
        out.push_back(key_view(key));
        if (!session.json)
            std::cout << to_checksum(key.address) << "  " << store::to_string(key.backend) << "  "
                      << key.label << (key.retired_at ? "  (retired)" : "") << "\n";
    }
    if (session.json) print_json({{"keys", out}});
    if (!session.json && keys->empty())
        std::cout << "No keys yet; make one with: chela key create NAME\n";
    return 0;
}

void print_key(const store::SigningKeyRecord& key) {
    std::cout << "key      " << key.label << "\nid       " << key.id << "\naddress  "
              << to_checksum(key.address) << "\nlives    in the " << store::to_string(key.backend)
              << "\nmade     " << to_rfc3339(key.created_at) << "\n";
    if (key.retired_at) std::cout << "retired  " << to_rfc3339(*key.retired_at) << "\n";
}

int show(const Session& session, const std::string& name) {
    const auto store = open_key_store(session);
    if (!store) return report(session, store.error());
    const auto key = (*store)->key(name);
    if (!key) return report(session, key.error());
    session.json ? print_json(key_view(*key)) : print_key(*key);
    return 0;
}

int retire(const Session& session, const std::string& name) {
    const auto store = open_key_store(session);
    if (!store) return report(session, store.error());
    const auto key = (*store)->key(name);
    if (!key) return report(session, key.error());
    const policy::AuditEntry audit{
        SystemClock{}.now(), kOperator, "key.retired", key->id, Json{{"label", key->label}}.dump()};
    if (auto ok = (*store)->retire_key(key->id, audit); !ok) return report(session, ok.error());
    if (session.json) {
        print_json({{"id", key->id}, {"label", key->label}, {"retired", true}});
    } else {
        std::cout << "Retired " << key->label << "; it signs no more. The private key stays where "
                  << "it is, and so does what its address owns.\n";
    }
    return 0;
}

}  // namespace

Result<std::unique_ptr<KeyDesk>> open_key_desk(const Session& session) {
    auto opened = app::open(session.directory);
    if (!opened) return std::unexpected{opened.error()};
    return std::make_unique<KeyDesk>(std::move(*opened));
}

Result<std::optional<store::KeyBackend>> parse_backend(const std::string& text) {
    if (text.empty()) return std::nullopt;
    for (const auto backend : {store::KeyBackend::token, store::KeyBackend::keystore})
        if (text == store::to_string(backend)) return backend;
    return fail(
        ErrorCode::invalid_input, "--in takes token or keystore, not " + text, "E_KEY_BACKEND");
}

Json key_view(const store::SigningKeyRecord& key) {
    Json view = {
        {"id", key.id},
        {"label", key.label},
        {"back_end", store::to_string(key.backend)},
        {"address", to_checksum(key.address)},
        {"public_key", to_hex(key.public_key)},
        {"created_at", to_rfc3339(key.created_at)}};
    if (!key.authority.empty()) {
        view["authority"] = key.authority;
        view["public_key"] = nullptr;  // it tells the address alone
    }
    view["retired_at"] = key.retired_at ? Json(to_rfc3339(*key.retired_at)) : Json(nullptr);
    return view;
}

int show_new_key(
    const Session& session, const std::string& verb, const store::SigningKeyRecord& key) {
    if (session.json) {
        print_json(key_view(key));
    } else {
        std::cout << verb << " key " << key.label << " in the " << store::to_string(key.backend)
                  << ", address " << to_checksum(key.address) << "\n";
    }
    return 0;
}

void add_key(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("key", "Signing keys, in the token or the keystore");
    command->require_subcommand(1);
    const auto name = std::make_shared<std::string>();
    const auto where = std::make_shared<std::string>();

    auto* make = command->add_subcommand("create", "Make a key that cannot leave its back end");
    make->add_option("name", *name, "Its label")->required();
    make->add_option("--in", *where, "token or keystore (default: the token, if there is one)");
    make->footer("Examples:\n  chela key create treasury\n  chela key create test --in keystore");
    make->callback([&session, name, where] {
        session.run = [&session, name, where] { return create(session, *name, *where); };
    });

    auto* all = command->add_subcommand("list", "List keys, their back ends and addresses");
    all->footer("Example:\n  chela key list --json | jq -r '.keys[].address'");
    all->callback([&session] { session.run = [&session] { return list(session); }; });

    auto* one = command->add_subcommand("show", "Show one key and where it lives");
    one->add_option("name", *name, "Label or id")->required();
    one->footer("Example:\n  chela key show treasury --json | jq -r .address");
    one->callback(
        [&session, name] { session.run = [&session, name] { return show(session, *name); }; });

    add_key_attest(*command, session);
    add_key_import(*command, session);

    auto* end = command->add_subcommand(
        "retire", "End a key's use for good; no agent and no open transaction may need it");
    end->add_option("name", *name, "Label or id")->required();
    end->footer("Example:\n  chela key retire agent-1f6f8cfd");
    end->callback(
        [&session, name] { session.run = [&session, name] { return retire(session, *name); }; });
}

}  // namespace chela::sidecar::cli
