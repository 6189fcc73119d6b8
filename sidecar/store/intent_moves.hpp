#pragma once

#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/records.hpp"
#include "sidecar/store/session.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace chela::sidecar::store {

// Steps of an intent from state to state. Each runs inside the caller's transaction.

/// @return conflict E_INTENT_STATE
[[nodiscard]] std::unexpected<Error> refused(IntentState state, std::string_view what);

/// @return conflict E_INTENT_STATE: its state is none of `allowed`
[[nodiscard]] Result<IntentHead> find_in(
    Session& session,
    const std::string& id,
    std::initializer_list<IntentState> allowed,
    std::string_view otherwise);

/// Sets the state; an earlier problem is over once there is progress.
void advance(Session& session, const std::string& id, IntentState state, TimePoint at);

struct Reason {
    std::string code, message;
};
/// Sets a state with its reason; what fees its caller wished for it is then settled.
void move_to(
    Session& session, const std::string& id, IntentState state, const Reason& reason, TimePoint at);

/// As IntentStore::give_up.
[[nodiscard]] Status give_up_in(
    Session& session,
    const IntentRecord& intent,
    chains::lane::Goal goal,
    const Reason& reason,
    TimePoint at);

/// Nobody agreed: awaiting_approval → denied.
void deny_held(
    Session& session,
    const std::string& id,
    const std::string& code,
    const std::string& message,
    TimePoint at);

}  // namespace chela::sidecar::store
