#include "chains/base/json.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/store/approval_row.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"
#include "sidecar/store/webhook_row.hpp"

#include <limits>

#include <nlohmann/json.hpp>

namespace chela::sidecar::store {
namespace {

const std::string kSelect =
    "SELECT sequence, at, agent_id, intent_id, type, operation, chain, chain_id, state, nonce, "
    "tx_hash, block_number, block_hash, error_code, error_message, previous_state FROM events ";

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

struct EventRow {
    Integer sequence{}, at{};
    std::string agent_id, intent_id, type, operation, chain;
    Integer chain_id{};
    std::string state;
    std::optional<Integer> nonce;
    std::optional<std::string> tx_hash;
    std::optional<Integer> block_number;
    std::optional<std::string> block_hash;
    std::string error_code, error_message;
    std::optional<std::string> previous_state;

    auto columns() {
        return std::tie(
            sequence, at, agent_id, intent_id, type, operation, chain, chain_id, state, nonce,
            tx_hash, block_number, block_hash, error_code, error_message, previous_state);
    }
    [[nodiscard]] Result<EventRecord> record() const {
        const TimePoint time{std::chrono::milliseconds{at}};
        return EventRecord{sequence, time, agent_id, intent_id, type, body(time)};
    }

private:
    [[nodiscard]] std::string body(TimePoint time) const {
        Json out = {
            {"transaction_id", intent_id},
            {"agent_id", agent_id},
            {"operation", operation},
            {"chain", or_null(chain)},
            {"state", state},
            {"previous_state", or_null(previous_state)},
            {"nonce", or_null(nonce)},
            {"tx_hash", or_null(tx_hash)},
            {"block_number", or_null(block_number)},
            {"block_hash", or_null(block_hash)},
            {"error_code", or_null(error_code)},
            {"error_message", or_null(error_message)},
            {"updated_at", to_rfc3339(time)}};
        out["chain_id"] = chain_id == 0 ? Json(nullptr) : Json(chain_id);
        return out.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
};

/// Up to here nobody at work needs events any more; one that chela gave up on, or that was switched
/// off, holds nothing back.
Result<Integer> done_sequence(Session& session) {
    const auto least = select_one<SingleColumn<Integer>>(
        session,
        "SELECT min(cursor) FROM webhooks WHERE is_active = 1 AND paused_reason = '' "
        "HAVING count(*) > 0");
    if (!least) return std::unexpected{least.error()};
    return least->value_or(std::numeric_limits<Integer>::max());
}

}  // namespace

Result<std::vector<EventRecord>> SqliteStore::events_after(
    std::int64_t sequence, std::size_t limit, const std::string& agent_id) {
    const std::string order = "ORDER BY sequence LIMIT :limit";
    return connection_->read([&](Session& session) {
        if (agent_id.empty())
            return select_all<EventRow>(
                session, kSelect + "WHERE sequence > :after " + order, Integer{sequence},
                rows_of(limit));
        return select_all<EventRow>(
            session, kSelect + "WHERE agent_id = :agent_id AND sequence > :after " + order,
            agent_id, Integer{sequence}, rows_of(limit));
    });
}

Result<std::vector<EventRecord>> SqliteStore::events_of_intent(
    const std::string& intent_id, std::int64_t after, std::size_t limit) {
    return connection_->read([&](Session& session) {
        return select_all<EventRow>(
            session,
            kSelect +
                "WHERE intent_id = :intent_id AND sequence > :after ORDER BY sequence LIMIT :limit",
            intent_id, Integer{after}, rows_of(limit));
    });
}

Result<std::int64_t> SqliteStore::last_sequence() {
    return connection_->read([](Session& session) { return newest_event(session); });
}

Result<std::size_t> SqliteStore::prune_events(TimePoint before, std::size_t limit) {
    return connection_->write([&](Session& session) -> Result<std::size_t> {
        const auto done = done_sequence(session);
        if (!done) return std::unexpected{done.error()};
        // From the beginning only, so that what is left has no gaps either.
        const auto deleted =
            run(session,
                "DELETE FROM events WHERE sequence IN (SELECT sequence FROM events WHERE "
                "sequence <= :done AND sequence < ifnull((SELECT min(sequence) FROM events WHERE "
                "at >= :before), 9223372036854775807) ORDER BY sequence LIMIT :limit)",
                *done, to_column(before), rows_of(limit));
        return static_cast<std::size_t>(deleted);
    });
}

}  // namespace chela::sidecar::store
