#include "sidecar/store/webhook_row.hpp"

#include "sidecar/store/columns.hpp"

#include <limits>

namespace chela::sidecar::store {
namespace {

const std::string kSelect =
    "SELECT id, agent_id, url, events, description, is_active, secret, previous_secret, "
    "previous_secret_until, created_at, cursor, failures, failing_since, next_try_at, "
    "paused_reason FROM webhooks ";

struct WebhookRow {
    std::string id;
    std::optional<std::string> agent_id;
    std::string url, events, description;
    Integer is_active{};
    std::string secret, previous_secret;
    std::optional<Integer> previous_secret_until;
    Integer created_at{}, cursor{}, failures{};
    std::optional<Integer> failing_since, next_try_at;
    std::string paused_reason;

    auto columns() {
        return std::tie(
            id, agent_id, url, events, description, is_active, secret, previous_secret,
            previous_secret_until, created_at, cursor, failures, failing_since, next_try_at,
            paused_reason);
    }
    [[nodiscard]] Result<WebhookRecord> record() const {
        ColumnReader read;
        WebhookRecord webhook{
            .id = id,
            .agent_id = agent_id,
            .url = url,
            .events = read.list(events),
            .description = description,
            .is_active = is_active == 1,
            .secret = secret,
            .previous_secret = previous_secret,
            .previous_secret_until = read.time(previous_secret_until),
            .created_at = read.time(created_at),
            .cursor = cursor,
            .failures = read.number(failures),
            .failing_since = read.time(failing_since),
            .next_try_at = read.time(next_try_at),
            .paused_reason = paused_reason};
        if (!read.status()) return std::unexpected{read.status().error()};
        return webhook;
    }
};

struct DeliveryRow {
    std::string delivery_id;
    Integer at{}, sequence{};
    std::string type;
    std::optional<Integer> status;
    Integer duration_ms{};
    std::string error;

    auto columns() { return std::tie(delivery_id, at, sequence, type, status, duration_ms, error); }
    [[nodiscard]] Result<DeliveryRecord> record() const {
        ColumnReader read;
        DeliveryRecord delivery{
            .delivery_id = delivery_id,
            .at = read.time(at),
            .sequence = sequence,
            .type = type,
            .status = status ? std::optional{static_cast<unsigned>(*status)} : std::nullopt,
            .duration = std::chrono::milliseconds{duration_ms},
            .error = error};
        return delivery;
    }
};

}  // namespace

Result<std::int64_t> newest_event(Session& session) {
    // Not of the table: its newest rows may have been pruned.
    const auto last = select_one<SingleColumn<Integer>>(
        session, "SELECT seq FROM sqlite_sequence WHERE name = 'events'");
    if (!last) return std::unexpected{last.error()};
    return last->value_or(0);
}

Result<WebhookRecord> find_webhook(Session& session, const std::string& id) {
    auto found = select_all<WebhookRow>(session, kSelect + "WHERE id = :id", id);
    if (!found) return std::unexpected{found.error()};
    if (found->empty())
        return fail(ErrorCode::not_found, "there is no such webhook", "E_NO_WEBHOOK");
    return std::move(found->front());
}

Result<std::vector<WebhookRecord>> select_webhooks(Session& session) {
    return select_all<WebhookRow>(session, kSelect + "ORDER BY created_at, rowid");
}

Status insert_webhook_row(Session& session, const WebhookRecord& webhook) {
    const auto events = to_column(webhook.events);
    if (!events) return std::unexpected{events.error()};
    run(session,
        "INSERT INTO webhooks(id, agent_id, url, events, description, is_active, secret, "
        "created_at, cursor) VALUES(:id, :agent_id, :url, :events, :description, :is_active, "
        ":secret, :created_at, :cursor)",
        webhook.id, webhook.agent_id, webhook.url, *events, webhook.description,
        Integer{webhook.is_active ? 1 : 0}, webhook.secret, to_column(webhook.created_at),
        Integer{webhook.cursor});
    return {};
}

Status update_webhook_row(Session& session, const WebhookRecord& webhook) {
    const auto events = to_column(webhook.events);
    if (!events) return std::unexpected{events.error()};
    const auto failures = to_column(webhook.failures, "failures");
    if (!failures) return std::unexpected{failures.error()};
    run(session,
        "UPDATE webhooks SET url = :url, events = :events, description = :description, "
        "is_active = :is_active, secret = :secret, previous_secret = :previous_secret, "
        "previous_secret_until = :previous_secret_until, failures = :failures, "
        "failing_since = :failing_since, next_try_at = :next_try_at, "
        "paused_reason = :paused_reason WHERE id = :id",
        webhook.url, *events, webhook.description, Integer{webhook.is_active ? 1 : 0},
        webhook.secret, webhook.previous_secret, to_column(webhook.previous_secret_until),
        *failures, to_column(webhook.failing_since), to_column(webhook.next_try_at),
        webhook.paused_reason, webhook.id);
    return {};
}

void insert_delivery_row(Session& session, const std::string& id, const DeliveryRecord& delivery) {
    const auto status =
        delivery.status ? std::optional{static_cast<Integer>(*delivery.status)} : std::nullopt;
    run(session,
        "INSERT INTO webhook_deliveries(webhook_id, delivery_id, at, sequence, type, status, "
        "duration_ms, error) SELECT id, :delivery_id, :at, :sequence, :type, :status, "
        ":duration_ms, :error FROM webhooks WHERE id = :id",
        delivery.delivery_id, to_column(delivery.at), Integer{delivery.sequence}, delivery.type,
        status, static_cast<Integer>(delivery.duration.count()), delivery.error, id);
    run(session,
        "DELETE FROM webhook_deliveries WHERE webhook_id = :id AND id <= (SELECT id FROM "
        "webhook_deliveries WHERE webhook_id = :same_id ORDER BY id DESC LIMIT 1 OFFSET :kept)",
        id, id, static_cast<Integer>(WebhookStore::kKeptDeliveries));
}

Result<std::vector<DeliveryRecord>> select_deliveries(Session& session, const std::string& id) {
    return select_all<DeliveryRow>(
        session,
        "SELECT delivery_id, at, sequence, type, status, duration_ms, error FROM "
        "webhook_deliveries WHERE webhook_id = :id ORDER BY id DESC",
        id);
}

}  // namespace chela::sidecar::store
