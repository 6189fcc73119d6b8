// chela chain: the chains that may be used, beside those of chela.yaml.
#include "chains/registry/well_known.hpp"
#include "sidecar/cli/chain_desk.hpp"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

constexpr const char* kActor = "operator";

int list_known(const Session& session) {
    Json out = Json::array();
    for (const auto& known : chains::well_known_chains()) {
        if (!session.json) {
            std::cout << fmt::format(
                "{:<18}{:<10}{:<7}{}\n", known.name, known.chain_id.value, known.native_currency,
                known.display_name);
        }
        out.push_back(
            {{"name", known.name},
             {"chain_id", known.chain_id.value},
             {"display_name", known.display_name},
             {"explorer_url", known.explorer_url},
             {"native_currency", known.native_currency},
             {"is_testnet", known.is_testnet},
             {"has_eip1559", known.has_eip1559},
             {"block_time_ms", known.block_time.count()},
             {"confirmations", known.confirmations},
             {"finality", to_string(known.finality)}});
    }
    if (session.json) print_json({{"chains", out}});
    return 0;
}

int list(const Session& session, bool known) {
    if (known) return list_known(session);
    const auto desk = open_chain_desk(session);
    if (!desk) return report(session, desk.error());
    const auto views = (*desk)->views();
    if (!views) return report(session, views.error());
    if (session.json) {
        print_json({{"chains", *views}});
        return 0;
    }
    for (const auto& view : *views) {
        std::cout << fmt::format(
            "{:<18}{:<10}{:<10}{:<11}{}\n", view.at("name").get<std::string>(),
            view.at("chain_id").dump(), view.at("is_enabled") == true ? "enabled" : "disabled",
            view.at("source").get<std::string>(), view.value("rpc_url", "-"));
    }
    if (views->empty()) std::cout << "No chains yet; add one with: chela chain add NAME\n";
    return 0;
}

int show(const Session& session, const std::string& name) {
    const auto desk = open_chain_desk(session);
    if (!desk) return report(session, desk.error());
    const auto id = (*desk)->find(name);
    if (!id) return report(session, id.error());
    const auto views = (*desk)->views();
    if (!views) return report(session, views.error());
    const auto found = std::ranges::find_if(
        *views, [&id](const Json& view) { return view.at("chain_id") == id->value; });
    if (found == views->end())
        return report(session, {ErrorCode::not_found, "the chain is gone", "E_NO_CHAIN"});
    session.json ? print_json(*found) : print_chain(*found);
    return 0;
}

int set_enabled(const Session& session, const std::string& name, bool is_enabled) {
    const auto desk = open_chain_desk(session);
    if (!desk) return report(session, desk.error());
    const auto id = (*desk)->find(name);
    if (!id) return report(session, id.error());
    const auto changed =
        (*desk)->chains().update(*id, kActor, [is_enabled](store::ChainRecord& record) -> Status {
            record.chain.is_enabled = is_enabled;
            return {};
        });
    if (!changed) return report(session, changed.error());
    return show_changed(
        session, *changed,
        is_enabled ? "Enabled" : "Disabled: nothing new is signed, what is under way is followed");
}

int remove(const Session& session, const std::string& name) {
    const auto desk = open_chain_desk(session);
    if (!desk) return report(session, desk.error());
    const auto id = (*desk)->find(name);
    if (!id) return report(session, id.error());
    if (auto ok = (*desk)->chains().remove(*id, kActor); !ok) return report(session, ok.error());
    if (session.json) {
        print_json({{"chain_id", id->value}, {"removed", true}});
    } else {
        std::cout << "Removed; a running server forgets it within two seconds.\n";
    }
    return 0;
}

using NamedCommand = int (*)(const Session&, const std::string&);

int enable(const Session& session, const std::string& name) {
    return set_enabled(session, name, true);
}

int disable(const Session& session, const std::string& name) {
    return set_enabled(session, name, false);
}

/// A command whose one argument is a chain.
void add_named(
    CLI::App& command,
    Session& session,
    const std::string& word,
    const std::string& help,
    NamedCommand act) {
    auto* sub = command.add_subcommand(word, help);
    const auto name = std::make_shared<std::string>();
    sub->add_option("name", *name, "Name or chain id")->required();
    sub->footer("Example:\n  chela chain " + word + " base");
    sub->callback([&session, name, act] {
        session.run = [&session, name, act] { return act(session, *name); };
    });
}

}  // namespace

void add_chain(CLI::App& app, Session& session) {
    auto* command =
        app.add_subcommand("chain", "Chains that may be used, beside those of chela.yaml");
    command->require_subcommand(1);
    command->footer(
        "Works beside a running server. What chela.yaml says of a chain holds; such a chain is "
        "changed there.");

    auto* all = command->add_subcommand("list", "List chains");
    const auto known = std::make_shared<bool>(false);
    all->add_flag("--known", *known, "The table of well-known chains instead");
    all->footer(
        "Example:\n  chela chain list --json | jq -r '.chains[].name'\n  chela chain list --known");
    all->callback(
        [&session, known] { session.run = [&session, known] { return list(session, *known); }; });

    add_named(*command, session, "show", "Show a chain; of its node the place alone", show);
    add_chain_add(*command, session);
    add_named(
        *command, session, "disable",
        "Sign nothing new for a chain; what is under way is followed to its end", disable);
    add_named(*command, session, "enable", "Sign for a chain again", enable);
    add_named(
        *command, session, "remove",
        "Forget a chain; one with unfinished transactions stays (exit status 73)", remove);
}

}  // namespace chela::sidecar::cli
