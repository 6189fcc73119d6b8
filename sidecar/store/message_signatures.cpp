#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_moves.hpp"
#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/reservations.hpp"
#include "sidecar/store/sqlite_store.hpp"

namespace chela::sidecar::store {

Status SqliteStore::store_message_signature(
    const std::string& id, const std::string& result, TimePoint at) {
    if (result.empty()) {
        return fail(ErrorCode::invalid_input, "a signed message has a result");
    }
    return connection_->write([&](Session& session) -> Status {
        const auto intent = find_intent(session, id);
        if (!intent) return std::unexpected{intent.error()};
        if (!intent->result.empty()) {
            if (intent->result == result) return {};
            return refused(intent->state, "another signature of it is stored");
        }
        if (intent->state != IntentState::reserved ||
            intent->operation == policy::Operation::transaction) {
            return refused(intent->state, "only a reserved message takes a result");
        }
        run(session, "UPDATE intents SET result = :result WHERE id = :id", result, id);
        advance(session, id, IntentState::signed_message, at);
        // No chain ever tells what became of a text: its signature is all that there is to count.
        if (intent->operation != policy::Operation::personal_message) return {};
        return settle_reservation(session, id, at);
    });
}

Result<std::size_t> SqliteStore::settle_lapsed_signatures(TimePoint now) {
    return connection_->write([&](Session& session) { return settle_lapsed(session, now); });
}

}  // namespace chela::sidecar::store
