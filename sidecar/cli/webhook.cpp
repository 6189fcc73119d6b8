// chela webhook: where events go; list, show, delete, test.
#include "chains/base/rfc3339.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/api/webhook_request.hpp"
#include "sidecar/cli/webhook_commands.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/run_to_end.hpp"
#include "sidecar/hooks/dispatcher.hpp"
#include "sidecar/node/client.hpp"
#include "sidecar/node/tls.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxLine = 600;
constexpr const char* kActor = "operator";

std::string state_of(const store::WebhookRecord& webhook) {
    if (!webhook.paused_reason.empty()) return "paused";
    if (!webhook.is_active) return "off";
    return webhook.failures == 0 ? "active" : "failing";
}

int list(const Session& session) {
    const auto desk = open_webhooks(session);
    if (!desk) return report(session, desk.error());
    const auto webhooks = desk->store->webhooks();
    if (!webhooks) return report(session, webhooks.error());
    Json out = Json::array();
    for (const auto& webhook : *webhooks) {
        out.push_back(api::webhook_view(webhook));
        if (!session.json) {
            std::cout << fmt::format(
                "{}  {:7}  {}  {}\n", webhook.id, state_of(webhook),
                node::display_origin(webhook.url), fmt::join(webhook.events, ","));
        }
    }
    if (session.json) print_json({{"webhooks", std::move(out)}});
    if (!session.json && webhooks->empty()) std::cout << "There is no webhook.\n";
    return 0;
}

void print_deliveries(const std::vector<store::DeliveryRecord>& deliveries) {
    constexpr std::size_t kShown = 10;
    std::size_t shown = 0;
    for (const auto& delivery : deliveries) {
        if (++shown > kShown) break;
        std::cout << fmt::format(
            "  {}  {}  {}  {} ms{}\n", to_rfc3339(delivery.at), delivery.type,
            delivery.status ? std::to_string(*delivery.status) : "no answer",
            delivery.duration.count(),
            delivery.error.empty() ? "" : "  " + chains::node::printable(delivery.error, kMaxLine));
    }
}

int show(const Session& session, const std::string& id) {
    const auto desk = open_webhooks(session);
    if (!desk) return report(session, desk.error());
    const auto webhook = desk->store->webhook(id);
    if (!webhook) return report(session, webhook.error());
    const auto deliveries = desk->store->deliveries(id);
    if (!deliveries) return report(session, deliveries.error());
    if (!session.json) {
        print_webhook(*webhook);
        std::cout << "deliveries, newest first\n";
        print_deliveries(*deliveries);
        return 0;
    }
    Json out = api::webhook_view(*webhook);
    out["deliveries"] = Json::array();
    for (const auto& delivery : *deliveries)
        out["deliveries"].push_back(api::delivery_view(delivery));
    print_json(out);
    return 0;
}

int remove(const Session& session, const std::string& id) {
    const auto desk = open_webhooks(session);
    if (!desk) return report(session, desk.error());
    const auto webhook = desk->store->webhook(id);
    if (!webhook) return report(session, webhook.error());
    const auto audit = api::webhook_audit("webhook.deleted", *webhook, kActor, SystemClock{}.now());
    if (auto ok = desk->store->delete_webhook(id, audit); !ok) return report(session, ok.error());
    if (session.json) {
        print_json({{"id", id}, {"deleted", true}});
    } else {
        std::cout << "Deleted; what it had not got yet is not sent any more.\n";
    }
    return 0;
}

/// Sends from this process: the server need not run.
Result<store::DeliveryRecord> send_test(
    const WebhookDesk& desk, const store::WebhookRecord& webhook) {
    auto tls = node::make_tls({});
    if (!tls) return std::unexpected{tls.error()};
    const SystemClock clock;
    asio::thread_pool store_pool{1};
    const hooks::Parts parts{
        *desk.store, clock, store_pool, std::make_shared<telemetry::Metrics>(), random_number};
    asio::io_context context{1};
    auto sent = run_to_end(
        context,
        hooks::send_test(
            parts, {.tls = *std::move(tls), .private_targets = desk.private_targets()}, webhook));
    store_pool.join();
    return sent;
}

int test(const Session& session, const std::string& id) {
    const auto desk = open_webhooks(session);
    if (!desk) return report(session, desk.error());
    const auto webhook = desk->store->webhook(id);
    if (!webhook) return report(session, webhook.error());
    const auto sent = send_test(*desk, *webhook);
    if (!sent) return report(session, sent.error());
    if (!sent->error.empty() && !session.json) {
        return report(
            session, {ErrorCode::unavailable, "not delivered: " + sent->error, "E_NOT_DELIVERED"});
    }
    if (session.json) {
        print_json(api::delivery_view(*sent));
        return sent->error.empty() ? 0 : exit_status(ErrorCode::unavailable);
    }
    std::cout << fmt::format(
        "Delivered {}: HTTP status {} after {} ms.\n", sent->type, sent->status.value_or(0),
        sent->duration.count());
    return 0;
}

void add_of_id(
    CLI::App& command,
    Session& session,
    const char* name,
    const char* description,
    const char* example,
    int (*run)(const Session&, const std::string&)) {
    const auto id = std::make_shared<std::string>();
    auto* made = command.add_subcommand(name, description);
    made->add_option("id", *id, "Its id")->required();
    made->footer(fmt::format("Example:\n  chela webhook {} 1b4e28ba-…{}", name, example));
    made->callback(
        [&session, id, run] { session.run = [&session, id, run] { return run(session, *id); }; });
}

}  // namespace

Result<WebhookDesk> open_webhooks(const Session& session) {
    auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    auto store = app::open_store({config->dir});
    if (!store) return std::unexpected{store.error()};
    return WebhookDesk{*std::move(config), *std::move(store)};
}

void print_webhook(const store::WebhookRecord& webhook) {
    std::cout << "webhook   " << webhook.id << "  " << state_of(webhook) << "\n"
              << "to        " << node::display_origin(webhook.url) << "\n"
              << "events    " << fmt::format("{}", fmt::join(webhook.events, ", ")) << "\n"
              << "agent     " << webhook.agent_id.value_or("all") << "\n";
    if (!webhook.description.empty())
        std::cout << "about     " << chains::node::printable(webhook.description, kMaxLine) << "\n";
    std::cout << "got       events up to " << webhook.cursor << "\n";
    if (webhook.failures > 0) std::cout << "failures  " << webhook.failures << " in a row\n";
    if (webhook.next_try_at) std::cout << "next try  " << to_rfc3339(*webhook.next_try_at) << "\n";
    if (!webhook.paused_reason.empty()) {
        std::cout << "paused    " << chains::node::printable(webhook.paused_reason, kMaxLine)
                  << "\n          go on with: chela webhook update " << webhook.id << " --active\n";
    }
}

void add_webhook(CLI::App& app, Session& session) {
    auto* command =
        app.add_subcommand("webhook", "URLs that are told what becomes of transactions");
    command->require_subcommand(1);
    add_webhook_create(*command, session);
    auto* all = command->add_subcommand("list", "List webhooks, oldest first");
    all->footer("Example:\n  chela webhook list --json");
    all->callback([&session] { session.run = [&session] { return list(session); }; });
    add_of_id(*command, session, "show", "Show one, with its latest deliveries", "", show);
    add_webhook_update(*command, session);
    add_of_id(*command, session, "delete", "End one", "", remove);
    add_of_id(
        *command, session, "test", "Send an event of type webhook.test, and see what comes back",
        " --json", test);
    add_webhook_rotate(*command, session);
}

}  // namespace chela::sidecar::cli
