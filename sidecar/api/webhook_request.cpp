#include "sidecar/api/webhook_request.hpp"

#include "chains/base/rfc3339.hpp"
#include "chains/base/utf8.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/hooks/event_type.hpp"
#include "sidecar/node/client.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace {

constexpr std::size_t kMaxDescription = 500;

Error required(const char* name) {
    return {ErrorCode::invalid_input, std::string{name} + " is required", "E_FIELD_REQUIRED"};
}

Json time_or_null(const std::optional<TimePoint>& time) {
    return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Status check_url(const std::string& url, hooks::PrivateTargets private_targets) {
    if (const auto target = hooks::parse_target(url, private_targets); !target)
        return std::unexpected{target.error()};
    return {};
}

void read_owner(store::WebhookRecord& webhook, Fields& fields) {
    webhook.agent_id = fields.text("agent_id");
    if (!webhook.agent_id || is_uuid(*webhook.agent_id)) return;
    fields.fail_with({ErrorCode::invalid_input, "agent_id: expected a UUID", "E_FIELD_UUID"});
}

}  // namespace

Status apply_webhook_request(
    store::WebhookRecord& webhook,
    const Json& body,
    WebhookRequestKind kind,
    hooks::PrivateTargets private_targets) {
    const bool is_new = kind == WebhookRequestKind::create;
    Fields fields{body};
    const auto url = fields.text("url");
    const auto events = fields.texts("events");
    const auto description = fields.text("description");
    if (is_new) {
        read_owner(webhook, fields);
        if (!url) fields.fail_with(required("url"));
        if (!events) fields.fail_with(required("events"));
    } else {
        webhook.is_active = fields.boolean("is_active").value_or(webhook.is_active);
    }
    if (auto ok = fields.finish(); !ok) return ok;
    if (description && (description->size() > kMaxDescription || !is_utf8(*description))) {
        return fail(
            ErrorCode::invalid_input, "description: at most 500 bytes of UTF-8 text",
            "E_FIELD_DESCRIPTION");
    }
    if (url)
        if (auto ok = check_url(*url, private_targets); !ok) return ok;
    if (events)
        if (auto ok = hooks::check_filters(*events); !ok) return ok;
    webhook.url = url.value_or(webhook.url);
    webhook.events = events.value_or(webhook.events);
    webhook.description = description.value_or(webhook.description);
    return {};
}

Json webhook_view(const store::WebhookRecord& webhook) {
    Json out = {
        {"id", webhook.id},
        {"url", webhook.url},
        {"events", webhook.events},
        {"is_active", webhook.is_active},
        {"description", webhook.description},
        {"created_at", to_rfc3339(webhook.created_at)},
        {"last_sequence", webhook.cursor},
        {"failures", webhook.failures},
        {"next_try_at", time_or_null(webhook.next_try_at)},
        {"previous_secret_until", time_or_null(webhook.previous_secret_until)}};
    out["agent_id"] = webhook.agent_id ? Json(*webhook.agent_id) : Json(nullptr);
    out["paused_reason"] =
        webhook.paused_reason.empty() ? Json(nullptr) : Json(webhook.paused_reason);
    return out;
}

Json webhook_secret_view(const store::WebhookRecord& webhook) {
    Json out = webhook_view(webhook);
    out["secret"] = webhook.secret;
    return out;
}

Json delivery_view(const store::DeliveryRecord& delivery) {
    Json out = {
        {"id", delivery.delivery_id},
        {"at", to_rfc3339(delivery.at)},
        {"sequence", delivery.sequence},
        {"type", delivery.type},
        {"duration_ms", delivery.duration.count()},
        {"delivered", delivery.error.empty()}};
    out["status"] = delivery.status ? Json(*delivery.status) : Json(nullptr);
    out["error"] = delivery.error.empty() ? Json(nullptr) : Json(delivery.error);
    return out;
}

std::string webhook_change_detail(const Json& body) {
    Json out = Json::object();
    for (const auto* member : {"events", "is_active"})
        if (body.contains(member)) out[member] = body.at(member);
    if (const auto url = body.find("url"); url != body.end() && url->is_string())
        out["origin"] = node::display_origin(url->get_ref<const std::string&>());
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

policy::AuditEntry webhook_audit(
    const char* action,
    const store::WebhookRecord& webhook,
    const std::string& actor,
    TimePoint at) {
    const Json body = {{"url", webhook.url}, {"events", webhook.events}};
    return {at, actor, action, webhook.id, webhook_change_detail(body)};
}

}  // namespace chela::sidecar::api
