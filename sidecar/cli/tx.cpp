#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

Result<std::unique_ptr<store::Store>> open(const Session& session) {
    const auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    return app::open_store({config->dir});
}

std::string amount(const store::IntentRecord& intent) {
    return format_units(intent.value.value, kNativeDecimals);
}

int list(const Session& session, const std::string& agent, std::size_t limit) {
    const auto store = open(session);
    if (!store) return report(session, store.error());
    if (!agent.empty()) {
        if (const auto known = (*store)->agent(agent); !known)
            return report(session, known.error());
    }
    const auto intents = (*store)->intents(agent, limit);
    if (!intents) return report(session, intents.error());
    Json out = Json::array();
    for (const auto& intent : *intents) {
        out.push_back(api::transaction_view(intent, api::SignedTx::omit));
        if (session.json) continue;
        std::cout << to_rfc3339(intent.created_at) << "  " << intent.id << "  "
                  << to_string(intent.state) << "  " << intent.chain << "  " << amount(intent)
                  << " to " << (intent.to ? to_checksum(*intent.to) : "a new contract") << "\n";
    }
    if (session.json) print_json({{"transactions", out}});
    if (!session.json && intents->empty()) std::cout << "No transactions yet.\n";
    return 0;
}

int show(const Session& session, const std::string& id) {
    const auto store = open(session);
    if (!store) return report(session, store.error());
    const auto intent = (*store)->intent(id);
    if (!intent) return report(session, intent.error());
    const Json view = api::transaction_view(*intent, api::SignedTx::omit);
    if (session.json) {
        print_json(view);
        return 0;
    }
    for (const auto& [name, value] : view.items()) {
        std::cout << name << std::string(name.size() < 26 ? 26 - name.size() : 1, ' ')
                  << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
    }
    return 0;
}

}  // namespace

void add_tx(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("tx", "Transactions that agents asked for");
    command->require_subcommand(1);

    const auto agent = std::make_shared<std::string>();
    const auto limit = std::make_shared<std::size_t>(50);
    auto* all = command->add_subcommand("list", "List transactions, newest first");
    all->add_option("--agent", *agent, "Only this agent's");
    all->add_option("--limit", *limit, "At most so many")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000));
    all->footer("Example:\n  chela tx list --limit 10 --json | jq '.transactions[].state'");
    all->callback([&session, agent, limit] {
        session.run = [&session, agent, limit] { return list(session, *agent, *limit); };
    });

    const auto id = std::make_shared<std::string>();
    auto* one = command->add_subcommand("show", "Show one transaction");
    one->add_option("id", *id, "Its id")->required();
    one->callback([&session, id] { session.run = [&session, id] { return show(session, *id); }; });
}

}  // namespace chela::sidecar::cli
