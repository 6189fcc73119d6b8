#pragma once

#include "chains/base/units.hpp"
#include "policy/ledger/ledger.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::store {

/// A change of an intent's state, or of its transaction. The numbers of a database's events are 1,
/// 2, 3 … in the order of their commits, without gaps; who has seen one has seen all before it.
struct EventRecord {
    std::int64_t sequence{};
    TimePoint at;
    std::string agent_id;
    std::string intent_id;
    std::string
        type;  ///< "transaction." or "signature." and the state's word, or "transaction.replaced"
    std::string body;  ///< JSON object text, one line
};

/// Where events go. Secret: secret and previous_secret; the database's mode (0600) keeps them.
struct WebhookRecord {
    std::string id;                       ///< uuid
    std::optional<std::string> agent_id;  ///< empty: events of all agents
    std::string url;
    std::vector<std::string> events;  ///< exact types, "transaction.*", "signature.*" or "*"
    std::string description;
    bool is_active = true;
    std::string secret;           ///< "whsec_…"
    std::string previous_secret;  ///< signs as well until `previous_secret_until`
    std::optional<TimePoint> previous_secret_until;
    TimePoint created_at;
    std::int64_t cursor{};       ///< the last event that is done with
    std::uint64_t failures = 0;  ///< in a row
    std::optional<TimePoint> failing_since;
    std::optional<TimePoint> next_try_at;
    std::string paused_reason;  ///< why chela has given up; empty: it has not
};

/// One attempt to deliver one event.
struct DeliveryRecord {
    std::string delivery_id;  ///< uuid
    TimePoint at;
    std::int64_t sequence{};  ///< 0: a test
    std::string type;
    std::optional<unsigned> status;  ///< HTTP; empty: no answer
    std::chrono::milliseconds duration{};
    std::string error;  ///< empty: delivered
};

/// What a failed attempt leaves behind.
struct DeliveryFailure {
    std::optional<TimePoint> next_try_at;  ///< empty: never again by itself
    std::string paused_reason;
    bool is_gone = false;  ///< the receiver wants no more of it: the webhook is no longer active
};

class EventStore {
public:
    virtual ~EventStore() = default;
    /// In order, those behind `sequence`. @param agent_id  empty: of all agents
    [[nodiscard]] virtual Result<std::vector<EventRecord>> events_after(
        std::int64_t sequence, std::size_t limit, const std::string& agent_id = {}) = 0;
    [[nodiscard]] virtual Result<std::vector<EventRecord>> events_of_intent(
        const std::string& intent_id, std::int64_t after, std::size_t limit) = 0;
    /// Of the newest event, also when it was pruned; 0: there never was one.
    [[nodiscard]] virtual Result<std::int64_t> last_sequence() = 0;
    /// Deletes the oldest events, up to `limit` of them, that are older than `before` and that no
    /// webhook at work still has to deliver. @return how many
    [[nodiscard]] virtual Result<std::size_t> prune_events(TimePoint before, std::size_t limit) = 0;
};

class WebhookStore {
public:
    static constexpr std::size_t kMaxWebhooks = 64;
    static constexpr std::size_t kKeptDeliveries = 100;  ///< of one webhook

    virtual ~WebhookStore() = default;
    /// Its cursor becomes the newest event: it gets what comes from now on.
    /// @return what is stored; not_found: there is no such agent; conflict E_WEBHOOKS_FULL
    [[nodiscard]] virtual Result<WebhookRecord> insert_webhook(
        const WebhookRecord& webhook, const policy::AuditEntry& audit) = 0;
    /// Oldest first.
    [[nodiscard]] virtual Result<std::vector<WebhookRecord>> webhooks() = 0;
    /// @return not_found E_NO_WEBHOOK
    [[nodiscard]] virtual Result<WebhookRecord> webhook(const std::string& id) = 0;
    /// Lets `change` edit url, events, description, is_active and the secrets, and writes them with
    /// the audit entry. One that is active afterwards and was switched off, paused, or has another
    /// URL now, tries again at once where it stopped.
    /// @return not_found E_NO_WEBHOOK, or what `change` returned
    [[nodiscard]] virtual Result<WebhookRecord> update_webhook(
        const std::string& id,
        const policy::AuditEntry& audit,
        const std::function<Status(WebhookRecord&)>& change) = 0;
    /// @return not_found E_NO_WEBHOOK
    [[nodiscard]] virtual Status delete_webhook(
        const std::string& id, const policy::AuditEntry& audit) = 0;

    /// The event was taken: the cursor moves there (never back), failures are forgotten.
    [[nodiscard]] virtual Status note_delivered(
        const std::string& id, const DeliveryRecord& delivery) = 0;
    /// Counts one more failure, unless the webhook has another URL than `url` by now.
    [[nodiscard]] virtual Status note_failed(
        const std::string& id,
        const std::string& url,
        const DeliveryRecord& delivery,
        const DeliveryFailure& failure) = 0;
    /// A test was sent: only the record of it is kept.
    [[nodiscard]] virtual Status note_test(
        const std::string& id, const DeliveryRecord& delivery) = 0;
    /// Nothing up to `sequence` is wanted: the cursor moves there (never back).
    [[nodiscard]] virtual Status skip_events(const std::string& id, std::int64_t sequence) = 0;
    /// The latest attempts, newest first. @return not_found E_NO_WEBHOOK
    [[nodiscard]] virtual Result<std::vector<DeliveryRecord>> deliveries(const std::string& id) = 0;
};

}  // namespace chela::sidecar::store
