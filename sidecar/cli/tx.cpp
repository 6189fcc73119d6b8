#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/cli/tx_commands.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/speed_up.hpp"

#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
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

std::string what(const store::IntentRecord& intent) {
    if (intent.operation != policy::Operation::transaction)
        return fmt::format("signature ({})", policy::to_string(intent.operation));
    return amount(intent) + " to " + (intent.to ? to_checksum(*intent.to) : "a new contract");
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
                  << to_string(intent.state) << "  " << intent.chain << "  " << what(intent)
                  << "\n";
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
    const auto attempts = (*store)->attempts(id);
    if (!attempts) return report(session, attempts.error());
    Json view = api::transaction_view(*intent, api::SignedTx::omit);
    if (!attempts->empty()) view["attempts"] = api::attempts_view(*attempts);
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

/// What is wished is durable; the server's next look at the lane does it.
int report_wish(const Session& session, const Result<store::IntentRecord>& intent) {
    if (!intent) return report(session, intent.error());
    if (session.json) {
        print_json(api::transaction_view(*intent, api::SignedTx::omit));
    } else {
        std::cout << fmt::format("{}  {}\n", intent->id, to_string(intent->state));
        if (!store::is_final(intent->state))
            std::cout << fmt::format(
                "It is written down; `chela serve` does it. `chela tx watch {}` shows it.\n",
                intent->id);
    }
    return 0;
}

policy::AuditEntry by_operator(std::string action, std::string subject) {
    return {
        .at = SystemClock{}.now(),
        .actor = "operator",
        .action = std::move(action),
        .subject = std::move(subject),
        .detail = "{}"};
}

int cancel(const Session& session, const std::string& id) {
    const auto store = open(session);
    if (!store) return report(session, store.error());
    return report_wish(
        session, (*store)->give_up(
                     id, chains::lane::Goal::cancel, "E_CANCELLED", "an operator cancelled it",
                     by_operator("intent.cancel_asked", id)));
}

int speed_up(const Session& session, const std::string& id) {
    const auto store = open(session);
    if (!store) return report(session, store.error());
    return report_wish(
        session, (*store)->want_speed_up(
                     id, flow::to_speed_up({}), by_operator("intent.speed_up_asked", id)));
}

/// A sub-command about one transaction.
CLI::App* add_about_one(
    CLI::App& command,
    const std::string& name,
    const std::string& what,
    Session& session,
    std::function<int(const Session&, const std::string&)> run) {
    const auto id = std::make_shared<std::string>();
    auto* one = command.add_subcommand(name, what);
    one->add_option("id", *id, "Its id")->required();
    one->footer(fmt::format("Example:\n  chela tx {} 3f0c2b1e-…", name));
    one->callback([&session, id, run = std::move(run)] {
        session.run = [&session, id, run] { return run(session, *id); };
    });
    return one;
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

    add_about_one(
        *command, "show", "Show one transaction and all that was signed for it", session, show);
    add_about_one(
        *command, "cancel", "End a transaction: what is mined, it or nothing in its place, decides",
        session, cancel);
    add_about_one(
        *command, "speed-up",
        "Sign it again with what the chain asks for now, a tenth more at least, within the caps",
        session, speed_up);

    const auto seconds = std::make_shared<unsigned>(600);
    auto* watch = add_about_one(
        *command, "watch", "Print each change of a transaction until it is final", session,
        [seconds](const Session& of, const std::string& id) {
            return watch_transaction(of, id, std::chrono::seconds{*seconds});
        });
    watch->add_option("--timeout", *seconds, "Seconds to wait at most")
        ->capture_default_str()
        ->check(CLI::Range(1U, 86'400U));
    watch->footer(
        "Exit status: 0 confirmed, 1 another end, 75 not final in time.\n"
        "Example:\n  chela tx watch 3f0c2b1e-… --timeout 120");
}

}  // namespace chela::sidecar::cli
