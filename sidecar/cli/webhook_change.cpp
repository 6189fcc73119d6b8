// chela webhook create, update, rotate-secret.
#include "sidecar/api/webhook_request.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/cli/key_outlet.hpp"
#include "sidecar/cli/webhook_commands.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/hooks/signature.hpp"
#include "signer/secret.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

constexpr const char* kActor = "operator";
constexpr const char* kNextStep = "the receiver checks X-Chela-Signature with it";
constexpr const char* kWhat = "Secret";
constexpr const char* kMember = "secret";

/// What the flags say of a webhook; members that were not given stay out of the request.
struct Wanted {
    std::string id;
    std::string url;
    std::string url_file;  ///< holds it, when it must not be seen in the list of processes
    std::vector<std::string> events;
    std::string agent_id;
    std::optional<std::string> description;
    bool switch_on = false;
    bool switch_off = false;
    std::string secret_file;

    [[nodiscard]] Json request() const {
        Json out = Json::object();
        if (!url.empty()) out["url"] = url;
        if (!events.empty()) out["events"] = events;
        if (!agent_id.empty()) out["agent_id"] = agent_id;
        if (description) out["description"] = *description;
        if (switch_on || switch_off) out["is_active"] = switch_on;
        return out;
    }
};

int create(const Session& session, const Wanted& wanted) {
    const auto desk = open_webhooks(session);
    if (!desk) return report(session, desk.error());
    store::WebhookRecord webhook;
    if (auto ok = api::apply_webhook_request(
            webhook, wanted.request(), api::WebhookRequestKind::create, desk->private_targets());
        !ok)
        return report(session, ok.error());
    auto outlet = KeyOutlet::open(wanted.secret_file);
    if (!outlet) return report(session, outlet.error());
    const auto fresh = auth::make_api_key(hooks::kSecretPrefix);
    webhook.id = random_uuid();
    webhook.secret = fresh.key.reveal();
    webhook.created_at = SystemClock{}.now();
    const auto made = desk->store->insert_webhook(
        webhook, api::webhook_audit("webhook.created", webhook, kActor, webhook.created_at));
    if (!made) return report(session, made.error());
    if (!session.json) print_webhook(*made);
    return outlet->hand_over(
        session, {{"webhook", api::webhook_view(*made)}}, fresh.key, kNextStep, kWhat, kMember);
}

int update(const Session& session, const Wanted& wanted) {
    const auto desk = open_webhooks(session);
    if (!desk) return report(session, desk.error());
    const policy::AuditEntry audit{
        SystemClock{}.now(), kActor, "webhook.updated", wanted.id,
        api::webhook_change_detail(wanted.request())};
    const auto changed =
        desk->store->update_webhook(wanted.id, audit, [&](store::WebhookRecord& webhook) {
            return api::apply_webhook_request(
                webhook, wanted.request(), api::WebhookRequestKind::update,
                desk->private_targets());
        });
    if (!changed) return report(session, changed.error());
    session.json ? print_json(api::webhook_view(*changed)) : print_webhook(*changed);
    return 0;
}

int rotate(const Session& session, const Wanted& wanted) {
    const auto desk = open_webhooks(session);
    if (!desk) return report(session, desk.error());
    auto outlet = KeyOutlet::open(wanted.secret_file);
    if (!outlet) return report(session, outlet.error());
    const auto fresh = auth::make_api_key(hooks::kSecretPrefix);
    const TimePoint now = SystemClock{}.now();
    const auto changed = desk->store->update_webhook(
        wanted.id, {now, kActor, "webhook.secret_rotated", wanted.id, "{}"},
        [&](store::WebhookRecord& webhook) -> Status {
            hooks::rotate_secret(webhook, fresh.key.reveal(), now);
            return {};
        });
    if (!changed) return report(session, changed.error());
    if (!session.json)
        std::cout << "For 24 hours both secrets sign; then the old one signs no more.\n";
    return outlet->hand_over(
        session, {{"webhook", api::webhook_view(*changed)}}, fresh.key, kNextStep, kWhat, kMember);
}

using Run = int (*)(const Session&, const Wanted&);

Status read_url_file(Wanted& wanted) {
    if (wanted.url_file.empty()) return {};
    const auto url = signer::read_secret_file(wanted.url_file);
    if (!url) return std::unexpected{url.error()};
    wanted.url = url->reveal();
    return {};
}

void set_run(CLI::App& command, Session& session, const std::shared_ptr<Wanted>& wanted, Run run) {
    command.callback([&session, wanted, run] {
        session.run = [&session, wanted, run] {
            if (auto ok = read_url_file(*wanted); !ok) return report(session, ok.error());
            return run(session, *wanted);
        };
    });
}

void add_url(CLI::App& command, Wanted& wanted) {
    auto* url =
        command.add_option("--url", wanted.url, "https://…, or http:// to a loopback address");
    command
        .add_option(
            "--url-file", wanted.url_file,
            "A 0600 file that holds the URL: one with a token in it is seen in no list of "
            "processes")
        ->excludes(url);
}

void add_secret_file(CLI::App& command, Wanted& wanted) {
    command.add_option(
        "--write-secret", wanted.secret_file,
        "Write the secret into this new 0600 file instead of showing it");
}

}  // namespace

void add_webhook_create(CLI::App& command, Session& session) {
    const auto wanted = std::make_shared<Wanted>();
    auto* made = command.add_subcommand("create", "Make one; its secret is shown this once");
    add_url(*made, *wanted);
    made->add_option(
            "--event", wanted->events,
            "A type such as transaction.confirmed, or transaction.*, signature.*, *; may be "
            "repeated")
        ->required();
    made->add_option("--agent", wanted->agent_id, "Only events of this agent");
    made->add_option("--description", wanted->description, "What it is for");
    add_secret_file(*made, *wanted);
    made->footer(
        "Examples:\n  chela webhook create --url https://books.example.org/chela --event "
        "transaction.confirmed --event transaction.reverted --write-secret webhook.secret\n"
        "  chela webhook create --url-file ./chat.url --event transaction.failed");
    set_run(*made, session, wanted, create);
}

void add_webhook_update(CLI::App& command, Session& session) {
    const auto wanted = std::make_shared<Wanted>();
    auto* made = command.add_subcommand("update", "Change one, or switch it on or off");
    made->add_option("id", wanted->id, "Its id")->required();
    add_url(*made, *wanted);
    made->add_option("--event", wanted->events, "Other events, in place of all before");
    made->add_option("--description", wanted->description, "What it is for");
    auto* on = made->add_flag(
        "--active", wanted->switch_on,
        "Deliver, also after chela gave up: it goes on where it was");
    made->add_flag("--inactive", wanted->switch_off, "Deliver nothing")->excludes(on);
    made->footer("Example:\n  chela webhook update 1b4e28ba-… --active");
    set_run(*made, session, wanted, update);
}

void add_webhook_rotate(CLI::App& command, Session& session) {
    const auto wanted = std::make_shared<Wanted>();
    auto* made = command.add_subcommand(
        "rotate-secret", "Make a new secret; the old one signs as well for 24 hours");
    made->add_option("id", wanted->id, "Its id")->required();
    add_secret_file(*made, *wanted);
    made->footer("Example:\n  chela webhook rotate-secret 1b4e28ba-… --write-secret new.secret");
    set_run(*made, session, wanted, rotate);
}

}  // namespace chela::sidecar::cli
