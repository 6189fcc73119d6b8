#pragma once

#include "sidecar/flow/services.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::flow {

// How an intent ends, or is held, before anything is signed. Each is durable when it returns.

using IntentStep = boost::asio::awaitable<Result<store::IntentRecord>>;

[[nodiscard]] IntentStep finish(
    Services& services,
    store::IntentRecord intent,
    store::IntentState state,
    std::string code,
    std::string message,
    Deadline deadline);

/// The gate has recorded the decision.
[[nodiscard]] IntentStep finish_denied(
    Services& services, store::IntentRecord intent, policy::Decision decision, Deadline deadline);

/// What policies say of an intent that holds a nonce, which does not end by it.
/// @pre they do not allow it
[[nodiscard]] Error refusal_of(const policy::Decision& decision);

/// A line of the log, "intent_denied".
void log_denied(const std::string& intent_id, std::string_view code);

/// Counts a decision by its verdict and first reason.
void count(const Services& services, const policy::Decision& decision);

/// received → awaiting_approval, with what people are asked. An intent that was approved before and
/// is to be held again (the policy changed) is denied: E_APPROVAL_STALE.
[[nodiscard]] IntentStep hold(
    Services& services, store::IntentRecord intent, policy::GateOutcome outcome, Deadline deadline);

}  // namespace chela::sidecar::flow
