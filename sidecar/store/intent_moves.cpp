#include "sidecar/store/intent_moves.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_row.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::store {

std::unexpected<Error> refused(IntentState state, std::string_view what) {
    return fail(
        ErrorCode::conflict, fmt::format("the intent is {}: {}", to_string(state), what),
        "E_INTENT_STATE");
}

Result<IntentRecord> find_in(
    Session& session,
    const std::string& id,
    std::initializer_list<IntentState> allowed,
    std::string_view otherwise) {
    auto intent = find_intent(session, id);
    if (!intent) return intent;
    if (std::ranges::find(allowed, intent->state) == allowed.end()) {
        return refused(intent->state, otherwise);
    }
    return intent;
}

void advance(Session& session, const std::string& id, IntentState state, TimePoint at) {
    run(session,
        "UPDATE intents SET state = :state, error_code = '', error_message = '', "
        "updated_at = :at WHERE id = :id",
        std::string{to_string(state)}, to_column(at), id);
}

void deny_held(
    Session& session,
    const std::string& id,
    const std::string& code,
    const std::string& message,
    TimePoint at) {
    run(session,
        "UPDATE intents SET state = 'denied', error_code = :code, error_message = :message, "
        "updated_at = :at WHERE id = :id AND state IN ('awaiting_approval', 'received')",
        code, message, to_column(at), id);
}

}  // namespace chela::sidecar::store
