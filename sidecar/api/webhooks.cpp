// /v1/webhooks: make, list, get, change, delete, test, rotate the secret, and the latest
// deliveries; for the admin alone, since an agent must not make chela call anybody.
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/webhook_request.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/hooks/signature.hpp"
#include "sidecar/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;
using store::WebhookRecord;

namespace {

std::string actor_of(const auth::Principal& admin) {
    return "admin:" + admin.id;
}

Response answer(const Result<Json>& body, unsigned status = 200) {
    return body ? http::json_response(status, *body) : http::problem(body.error());
}

std::string id_in(const Request& request) {
    return request.parameters.at("webhook_id");
}

/// Blocking.
Result<Json> insert(store::Store& store, const WebhookRecord& webhook, const std::string& actor) {
    if (webhook.agent_id) {
        const auto agent = store.agent(*webhook.agent_id);
        if (!agent && agent.error().code == ErrorCode::not_found)
            return fail(
                ErrorCode::invalid_input, "agent_id: there is no such agent", "E_FIELD_AGENT");
        if (!agent) return std::unexpected{agent.error()};
    }
    const auto made = store.insert_webhook(
        webhook, webhook_audit("webhook.created", webhook, actor, webhook.created_at));
    if (!made) return std::unexpected{made.error()};
    return webhook_secret_view(*made);
}

asio::awaitable<Response> create(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    WebhookRecord webhook;
    if (auto ok = apply_webhook_request(
            webhook, *body, WebhookRequestKind::create,
            context.hooks->dispatcher.road().private_targets);
        !ok) {
        co_return http::problem(ok.error());
    }
    webhook.id = random_uuid();
    webhook.secret = auth::make_api_key(hooks::kSecretPrefix).key.reveal();
    webhook.created_at = context.services.clock.now();
    const auto made = co_await context.services.on_store<Json>(
        request.deadline, [&store = context.services.store, webhook, actor = actor_of(*admin)] {
            return insert(store, webhook, actor);
        });
    context.hooks->dispatcher.wake();
    co_return answer(made, 201);
}

asio::awaitable<Response> list(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline, [&store = context.services.store]() -> Result<Json> {
            const auto webhooks = store.webhooks();
            if (!webhooks) return std::unexpected{webhooks.error()};
            Json out = Json::array();
            for (const auto& webhook : *webhooks)
                out.push_back(webhook_view(webhook));
            return Json{{"webhooks", std::move(out)}};
        }));
}

asio::awaitable<Response> get(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline, [&store = context.services.store, id = id_in(request)]() -> Result<Json> {
            const auto webhook = store.webhook(id);
            if (!webhook) return std::unexpected{webhook.error()};
            return webhook_view(*webhook);
        }));
}

/// Edits a webhook with an audit entry; the change runs on the store's pool.
asio::awaitable<Result<WebhookRecord>> change(
    Context& context,
    std::string id,
    policy::AuditEntry audit,
    std::function<Status(WebhookRecord&)> edit,
    Deadline deadline) {
    const auto changed = co_await context.services.on_store<WebhookRecord>(
        deadline, [&store = context.services.store, id, audit, edit] {
            return store.update_webhook(id, audit, edit);
        });
    context.hooks->dispatcher.wake();
    co_return changed;
}

policy::AuditEntry audit_of(
    const Context& context,
    const char* action,
    const Request& request,
    const auth::Principal& admin,
    std::string detail = "{}") {
    return {
        context.services.clock.now(), actor_of(admin), action, id_in(request), std::move(detail)};
}

asio::awaitable<Response> patch(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    const auto rules = context.hooks->dispatcher.road().private_targets;
    const auto changed = co_await change(
        context, id_in(request),
        audit_of(context, "webhook.updated", request, *admin, webhook_change_detail(*body)),
        [body = *body, rules](WebhookRecord& webhook) {
            return apply_webhook_request(webhook, body, WebhookRequestKind::update, rules);
        },
        request.deadline);
    if (!changed) co_return http::problem(changed.error());
    co_return http::json_response(200, webhook_view(*changed));
}

asio::awaitable<Response> rotate(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto changed = co_await change(
        context, id_in(request), audit_of(context, "webhook.secret_rotated", request, *admin),
        [now = context.services.clock.now()](WebhookRecord& webhook) -> Status {
            const auto fresh = auth::make_api_key(hooks::kSecretPrefix);
            hooks::rotate_secret(webhook, fresh.key.reveal(), now);
            return {};
        },
        request.deadline);
    if (!changed) co_return http::problem(changed.error());
    co_return http::json_response(200, webhook_secret_view(*changed));
}

asio::awaitable<Response> remove(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto done = co_await context.services.on_store<bool>(
        request.deadline,
        [&store = context.services.store, id = id_in(request),
         audit = audit_of(context, "webhook.deleted", request, *admin)]() -> Result<bool> {
            if (auto ok = store.delete_webhook(id, audit); !ok) return std::unexpected{ok.error()};
            return true;
        });
    context.hooks->dispatcher.wake();
    co_return done ? http::no_content() : http::problem(done.error());
}

asio::awaitable<Response> test(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto webhook = co_await context.services.on_store<WebhookRecord>(
        request.deadline,
        [&store = context.services.store, id = id_in(request)] { return store.webhook(id); });
    if (!webhook) co_return http::problem(webhook.error());
    const auto sent =
        co_await hooks::send_test(context.hooks->parts, context.hooks->dispatcher.road(), *webhook);
    if (!sent) co_return http::problem(sent.error());
    co_return http::json_response(200, delivery_view(*sent));
}

asio::awaitable<Response> deliveries(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline, [&store = context.services.store, id = id_in(request)]() -> Result<Json> {
            const auto kept = store.deliveries(id);
            if (!kept) return std::unexpected{kept.error()};
            Json out = Json::array();
            for (const auto& delivery : *kept)
                out.push_back(delivery_view(delivery));
            return Json{{"deliveries", std::move(out)}};
        }));
}

}  // namespace

void add_webhook_routes(http::Router& router, Context& context) {
    using Use = asio::awaitable<Response> (*)(Context&, Request);
    const auto add = [&](const char* method, const char* path, Use use) {
        router.add(method, path, [&context, use](Request r) { return use(context, std::move(r)); });
    };
    add("POST", "/v1/webhooks", create);
    add("GET", "/v1/webhooks", list);
    add("GET", "/v1/webhooks/{webhook_id}", get);
    add("PATCH", "/v1/webhooks/{webhook_id}", patch);
    add("DELETE", "/v1/webhooks/{webhook_id}", remove);
    add("POST", "/v1/webhooks/{webhook_id}/rotate-secret", rotate);
    add("POST", "/v1/webhooks/{webhook_id}/test", test);
    add("GET", "/v1/webhooks/{webhook_id}/deliveries", deliveries);
}

}  // namespace chela::sidecar::api
