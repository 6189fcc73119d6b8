#pragma once

#include "chains/base/json.hpp"
#include "sidecar/hooks/target.hpp"
#include "sidecar/store/outbox.hpp"

#include <cstdint>

namespace chela::sidecar::api {

enum class WebhookRequestKind : std::uint8_t { create, update };

/// Lays CreateWebhookRequest or UpdateWebhookRequest over a record. chela's own member: `agent_id`
/// (at creation) asks for one agent's events alone.
/// @return invalid_input: E_WEBHOOK_URL, E_WEBHOOK_EVENTS, E_FIELD_…, E_UNKNOWN_FIELD
[[nodiscard]] Status apply_webhook_request(
    store::WebhookRecord& webhook,
    const Json& body,
    WebhookRequestKind kind,
    hooks::PrivateTargets private_targets);

/// WebhookResponse, with chela's own members: agent_id, last_sequence, failures, next_try_at,
/// paused_reason, previous_secret_until. Never the secret.
[[nodiscard]] Json webhook_view(const store::WebhookRecord& webhook);
/// WebhookCreatedResponse, and the answer to a rotation: with the secret, this once.
[[nodiscard]] Json webhook_secret_view(const store::WebhookRecord& webhook);
[[nodiscard]] Json delivery_view(const store::DeliveryRecord& delivery);

/// What the audit chain keeps of a change, as a JSON object: of a URL no path, which may hold a
/// key.
[[nodiscard]] std::string webhook_change_detail(const Json& body);
/// The same of a whole webhook.
[[nodiscard]] policy::AuditEntry webhook_audit(
    const char* action,
    const store::WebhookRecord& webhook,
    const std::string& actor,
    TimePoint at);

}  // namespace chela::sidecar::api
