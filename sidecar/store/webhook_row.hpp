#pragma once

#include "sidecar/store/outbox.hpp"
#include "sidecar/store/session.hpp"

#include <string>
#include <vector>

namespace chela::sidecar::store {

// Each runs inside the caller's transaction.

[[nodiscard]] Result<std::int64_t> newest_event(Session& session);

/// @return not_found E_NO_WEBHOOK
[[nodiscard]] Result<WebhookRecord> find_webhook(Session& session, const std::string& id);
/// Oldest first.
[[nodiscard]] Result<std::vector<WebhookRecord>> select_webhooks(Session& session);
[[nodiscard]] Status insert_webhook_row(Session& session, const WebhookRecord& webhook);
/// Writes all but id, agent, creation time and cursor.
[[nodiscard]] Status update_webhook_row(Session& session, const WebhookRecord& webhook);

/// Keeps the attempt, and of the older ones as many as are kept. A webhook that is gone by now has
/// none.
void insert_delivery_row(Session& session, const std::string& id, const DeliveryRecord& delivery);
/// Newest first.
[[nodiscard]] Result<std::vector<DeliveryRecord>> select_deliveries(
    Session& session, const std::string& id);

}  // namespace chela::sidecar::store
