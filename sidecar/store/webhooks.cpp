#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"
#include "sidecar/store/webhook_row.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

/// What an operator may not change by editing the record, and what follows from the change.
void settle_change(WebhookRecord& webhook, const WebhookRecord& before) {
    webhook.id = before.id;
    webhook.agent_id = before.agent_id;
    webhook.created_at = before.created_at;
    webhook.cursor = before.cursor;
    const bool was_resting = !before.is_active || !before.paused_reason.empty();
    const bool tries_again = webhook.is_active && (was_resting || webhook.url != before.url);
    if (!tries_again) return;
    webhook.failures = 0;
    webhook.failing_since.reset();
    webhook.next_try_at.reset();
    webhook.paused_reason.clear();
}

Status check_room(Session& session) {
    const auto all = select_webhooks(session);
    if (!all) return std::unexpected{all.error()};
    if (all->size() < WebhookStore::kMaxWebhooks) return {};
    return fail(
        ErrorCode::conflict,
        fmt::format("there are {} webhooks already; delete one first", WebhookStore::kMaxWebhooks),
        "E_WEBHOOKS_FULL");
}

}  // namespace

Result<WebhookRecord> SqliteStore::insert_webhook(
    const WebhookRecord& webhook, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Result<WebhookRecord> {
        if (auto ok = check_room(session); !ok) return std::unexpected{ok.error()};
        const auto newest = newest_event(session);
        if (!newest) return std::unexpected{newest.error()};
        auto made = webhook;
        made.cursor = *newest;
        if (auto ok = insert_webhook_row(session, made); !ok) return std::unexpected{ok.error()};
        if (auto ok = append_audit(session, audit); !ok) return std::unexpected{ok.error()};
        return find_webhook(session, webhook.id);
    });
}

Result<std::vector<WebhookRecord>> SqliteStore::webhooks() {
    return connection_->read(select_webhooks);
}

Result<WebhookRecord> SqliteStore::webhook(const std::string& id) {
    return connection_->read([&](Session& session) { return find_webhook(session, id); });
}

Result<WebhookRecord> SqliteStore::update_webhook(
    const std::string& id,
    const policy::AuditEntry& audit,
    const std::function<Status(WebhookRecord&)>& change) {
    return connection_->write([&](Session& session) -> Result<WebhookRecord> {
        auto webhook = find_webhook(session, id);
        if (!webhook) return webhook;
        const auto before = *webhook;
        auto status = change(*webhook);
        settle_change(*webhook, before);
        if (status) status = update_webhook_row(session, *webhook);
        if (status) status = append_audit(session, audit);
        if (!status) return std::unexpected{status.error()};
        return webhook;
    });
}

Status SqliteStore::delete_webhook(const std::string& id, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Status {
        const auto webhook = find_webhook(session, id);
        if (!webhook) return std::unexpected{webhook.error()};
        run(session, "DELETE FROM webhooks WHERE id = :id", id);
        return append_audit(session, audit);
    });
}

Status SqliteStore::note_delivered(const std::string& id, const DeliveryRecord& delivery) {
    return connection_->write([&](Session& session) -> Status {
        insert_delivery_row(session, id, delivery);
        run(session,
            "UPDATE webhooks SET cursor = max(cursor, :sequence), failures = 0, "
            "failing_since = NULL, next_try_at = NULL WHERE id = :id",
            Integer{delivery.sequence}, id);
        return {};
    });
}

Status SqliteStore::note_failed(
    const std::string& id,
    const std::string& url,
    const DeliveryRecord& delivery,
    const DeliveryFailure& failure) {
    return connection_->write([&](Session& session) -> Status {
        insert_delivery_row(session, id, delivery);
        run(session,
            "UPDATE webhooks SET failures = failures + 1, "
            "failing_since = ifnull(failing_since, :since), next_try_at = :next_try_at, "
            "paused_reason = :paused_reason, is_active = min(is_active, :stays) "
            "WHERE id = :id AND url = :url",
            to_column(delivery.at), to_column(failure.next_try_at), failure.paused_reason,
            Integer{failure.is_gone ? 0 : 1}, id, url);
        return {};
    });
}

Status SqliteStore::note_test(const std::string& id, const DeliveryRecord& delivery) {
    return connection_->write([&](Session& session) -> Status {
        insert_delivery_row(session, id, delivery);
        return {};
    });
}

Status SqliteStore::skip_events(const std::string& id, std::int64_t sequence) {
    return connection_->write([&](Session& session) -> Status {
        run(session, "UPDATE webhooks SET cursor = max(cursor, :sequence) WHERE id = :id",
            Integer{sequence}, id);
        return {};
    });
}

Result<std::vector<DeliveryRecord>> SqliteStore::deliveries(const std::string& id) {
    return connection_->read([&](Session& session) -> Result<std::vector<DeliveryRecord>> {
        const auto webhook = find_webhook(session, id);
        if (!webhook) return std::unexpected{webhook.error()};
        return select_deliveries(session, id);
    });
}

}  // namespace chela::sidecar::store
