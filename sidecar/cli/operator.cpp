// chela operator: people who hold an admin key.
#include "chains/base/rfc3339.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/cli/key_outlet.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/edge/entropy.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

constexpr const char* kActor = "operator";
constexpr std::size_t kMaxName = 64;

Result<std::unique_ptr<store::Store>> open(const Session& session) {
    const auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    return app::open_store({config->dir});
}

/// Letters, digits and single marks between them: a name that no terminal takes for something else.
Status check_name(const std::string& name) {
    const bool is_plain = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.' || c == '@';
    });
    if (is_plain && !name.empty() && name.size() <= kMaxName && !is_uuid(name)) return {};
    return fail(
        ErrorCode::invalid_input,
        "an operator's name has 1 to 64 characters of A-Z, a-z, 0-9 and .-_@, and is no UUID",
        "E_OPERATOR_NAME");
}

Json view(const store::AdminKeyRecord& key) {
    return {
        {"id", key.id},
        {"name", key.name},
        {"api_key_prefix", key.prefix},
        {"only_approves", key.only_approves},
        {"created_at", to_rfc3339(key.created_at)}};
}

policy::AuditEntry audit_of(const char* action, const store::AdminKeyRecord& key, TimePoint now) {
    return {now, kActor, action, key.id, Json{{"name", key.name}}.dump()};
}

int add(
    const Session& session, const std::string& name, const std::string& key_file, bool is_admin) {
    if (auto ok = check_name(name); !ok) return report(session, ok.error());
    const auto store = open(session);
    if (!store) return report(session, store.error());
    auto outlet = KeyOutlet::open(key_file);
    if (!outlet) return report(session, outlet.error());
    const auto made = auth::make_api_key(auth::kAdminKeyPrefix);
    const TimePoint now = SystemClock{}.now();
    const store::AdminKeyRecord key{random_uuid(), made.prefix, made.hash, now, name, !is_admin};
    if (auto ok = (*store)->insert_admin_key(key, audit_of("admin_key.created", key, now)); !ok)
        return report(session, ok.error());
    if (!session.json) std::cout << "Operator " << name << ", admin:" << key.id << "\n";
    return outlet->hand_over(
        session, {{"operator", view(key)}}, made.key,
        "it decides approvals: chela approvals approve ID --key-file FILE",
        is_admin ? "Admin key" : "Operator's key");
}

int list(const Session& session) {
    const auto store = open(session);
    if (!store) return report(session, store.error());
    const auto keys = (*store)->admin_keys();
    if (!keys) return report(session, keys.error());
    Json out = Json::array();
    for (const auto& key : *keys) {
        out.push_back(view(key));
        if (!session.json) {
            std::cout << key.id << "  " << key.prefix << "…  " << to_rfc3339(key.created_at) << "  "
                      << key.name << (key.only_approves ? "" : "  (admin)") << "\n";
        }
    }
    if (session.json) print_json({{"operators", out}});
    return 0;
}

int remove(const Session& session, const std::string& name) {
    const auto store = open(session);
    if (!store) return report(session, store.error());
    const auto keys = (*store)->admin_keys();
    if (!keys) return report(session, keys.error());
    const auto found = std::ranges::find_if(
        *keys, [&name](const auto& key) { return key.id == name || key.name == name; });
    if (found == keys->end()) {
        return report(
            session, {ErrorCode::not_found,
                      "there is no operator \"" + name +
                          "\"; see: chela "
                          "operator list",
                      "E_NO_OPERATOR"});
    }
    const auto audit = audit_of("admin_key.removed", *found, SystemClock{}.now());
    if (auto ok = (*store)->remove_admin_key(found->id, audit); !ok)
        return report(session, ok.error());
    if (session.json) {
        print_json({{"operator", view(*found)}, {"removed", true}});
    } else {
        std::cout << "Removed " << found->name
                  << "; the key works no more, and what it approved and is "
                  << "not signed yet lacks that approval.\n";
    }
    return 0;
}

}  // namespace

void add_operator(CLI::App& app, Session& session) {
    auto* command =
        app.add_subcommand("operator", "People who hold an admin key, and approve with it");
    command->require_subcommand(1);
    const auto name = std::make_shared<std::string>();
    const auto key_file = std::make_shared<std::string>();

    auto* make = command->add_subcommand("add", "Make a key with which somebody approves");
    const auto is_admin = std::make_shared<bool>(false);
    make->add_option("name", *name, "Whose it is")->required();
    make->add_option(
        "--write-key", *key_file, "Write the key into this new 0600 file instead of showing it");
    make->add_flag(
        "--admin", *is_admin,
        "It may also make and change agents, as the key of `chela init` may: it can lift what "
        "binds "
        "an agent, and so get around any approval");
    make->footer(
        "Such a key reads what agents do and decides approvals; it changes nothing else.\n\n"
        "Example:\n  chela operator add alice --write-key alice.key");
    make->callback([&session, name, key_file, is_admin] {
        session.run = [&session, name, key_file, is_admin] {
            return add(session, *name, *key_file, *is_admin);
        };
    });

    auto* all = command->add_subcommand("list", "List admin keys by name");
    all->footer("Example:\n  chela operator list --json");
    all->callback([&session] { session.run = [&session] { return list(session); }; });

    auto* end = command->add_subcommand("remove", "End an admin key; the last one stays");
    end->add_option("name", *name, "Name or id")->required();
    end->footer("Example:\n  chela operator remove alice");
    end->callback(
        [&session, name] { session.run = [&session, name] { return remove(session, *name); }; });
}

}  // namespace chela::sidecar::cli
