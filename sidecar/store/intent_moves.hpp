#pragma once

#include "sidecar/store/records.hpp"
#include "sidecar/store/session.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace chela::sidecar::store {

// Steps of an intent from state to state. Each runs inside the caller's transaction.

/// @return conflict E_INTENT_STATE
[[nodiscard]] std::unexpected<Error> refused(IntentState state, std::string_view what);

/// @return the intent, or conflict: its state is none of `allowed`
[[nodiscard]] Result<IntentRecord> find_in(
    Session& session,
    const std::string& id,
    std::initializer_list<IntentState> allowed,
    std::string_view otherwise);

/// Sets the state; an earlier problem is over once there is progress.
void advance(Session& session, const std::string& id, IntentState state, TimePoint at);

/// Nobody agreed: awaiting_approval → denied.
void deny_held(
    Session& session,
    const std::string& id,
    const std::string& code,
    const std::string& message,
    TimePoint at);

}  // namespace chela::sidecar::store
