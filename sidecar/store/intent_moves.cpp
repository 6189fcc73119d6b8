#include "sidecar/store/intent_moves.hpp"

#include "sidecar/store/approval_row.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/lane_row.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::store {

std::unexpected<Error> refused(IntentState state, std::string_view what) {
    return fail(
        ErrorCode::conflict, fmt::format("the intent is {}: {}", to_string(state), what),
        "E_INTENT_STATE");
}

Result<IntentHead> find_in(
    Session& session,
    const std::string& id,
    std::initializer_list<IntentState> allowed,
    std::string_view otherwise) {
    auto intent = find_head(session, id);
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

void move_to(
    Session& session,
    const std::string& id,
    IntentState state,
    const Reason& reason,
    TimePoint at) {
    run(session,
        "UPDATE intents SET state = :state, error_code = :code, error_message = :message, "
        "speed_up = '', updated_at = :at WHERE id = :id",
        std::string{to_string(state)}, reason.code, reason.message, to_column(at), id);
}

Status give_up_in(
    Session& session,
    const IntentRecord& intent,
    chains::lane::Goal goal,
    const Reason& reason,
    TimePoint at) {
    switch (intent.state) {
        case IntentState::received:
        case IntentState::awaiting_approval:
            end_approvals(session, intent.id, "the intent has ended", at, EndedApprovals::pending);
            move_to(session, intent.id, IntentState::cancelled, reason, at);
            return {};
        case IntentState::reserved:
        case IntentState::signed_:
        case IntentState::sign_only:
        case IntentState::broadcast:
        case IntentState::stalled:
            if (intent.operation != policy::Operation::transaction)
                return refused(intent.state, "it is being signed");
            advance(session, intent.id, IntentState::cancelling, at);
            run(session,
                "UPDATE intents SET goal = :goal, end_code = :code, end_message = :message, "
                "speed_up = '' WHERE id = :id",
                std::string{to_string(goal)}, reason.code, reason.message, intent.id);
            return {};
        case IntentState::cancelling:
        case IntentState::cancelled:
            return {};
        case IntentState::mined:
            return fail(
                ErrorCode::conflict, "it is in a block already: what is mined cannot be cancelled",
                "E_ALREADY_MINED");
        case IntentState::denied:
        case IntentState::simulation_failed:
        case IntentState::failed:
        case IntentState::confirmed:
        case IntentState::reverted:
        case IntentState::signed_message:
            return refused(intent.state, "that is final");
    }
    bug("an IntentState that does not exist");
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
