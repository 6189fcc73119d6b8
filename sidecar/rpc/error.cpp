#include "sidecar/rpc/error.hpp"

#include "sidecar/telemetry/log.hpp"

#include <utility>

namespace chela::sidecar::rpc {
namespace {

using store::IntentState;

std::int64_t code_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input:
        case ErrorCode::out_of_range:
        case ErrorCode::too_large:
            return kInvalidParams;
        case ErrorCode::unauthenticated:
            return kUnauthorized;
        case ErrorCode::denied:
            return kUserRejected;
        case ErrorCode::not_found:
            return kResourceNotFound;
        case ErrorCode::conflict:
        case ErrorCode::reverted:
            return kTransactionRejected;
        case ErrorCode::unsupported:
            return kUnsupportedMethod;
        case ErrorCode::rate_limited:
            return kLimitExceeded;
        case ErrorCode::unavailable:
        case ErrorCode::timed_out:
        case ErrorCode::bad_response:
            return kResourceUnavailable;
        case ErrorCode::internal:
            return kFailed;
    }
    bug("ErrorCode has no such value");
}

std::int64_t code_of(IntentState state) {
    switch (state) {
        case IntentState::denied:
            return kUserRejected;
        case IntentState::simulation_failed:
        case IntentState::failed:
        case IntentState::cancelled:
        case IntentState::cancelling:
            return kTransactionRejected;
        // Nothing is wrong with it: it goes on by itself, or when people agree.
        case IntentState::received:
        case IntentState::awaiting_approval:
        case IntentState::reserved:
        case IntentState::signed_:
        case IntentState::sign_only:
        case IntentState::broadcast:
        case IntentState::stalled:
        case IntentState::mined:
        case IntentState::confirmed:
        case IntentState::reverted:
        case IntentState::signed_message:
            return kResourceUnavailable;
    }
    bug("an IntentState that does not exist");
}

/// @return null: it was not denied
Json violations_of(const store::IntentRecord& intent) {
    if (intent.violations.empty()) return {};
    auto read = parse_json(intent.violations);
    return read ? *std::move(read) : Json{};
}

std::string message_of(const store::IntentRecord& intent, const Json& violations) {
    if (!intent.error_message.empty()) return intent.error_message;
    if (!violations.empty()) return violations[0].value("detail", "");
    return "the intent is " + std::string{to_string(intent.state)};
}

std::string reason_of(const store::IntentRecord& intent, const Json& violations) {
    if (!violations.empty()) return violations[0].value("code", "");
    if (!intent.error_code.empty()) return intent.error_code;
    return "E_INTENT_STATE";
}

/// ethers takes a denial for one (ACTION_REJECTED) by these words and not by its code.
std::string denial(std::string why) {
    return "User denied by policy: " + std::move(why);
}

}  // namespace

RpcError to_rpc_error(const Error& error) {
    auto code = code_of(error.code);
    const std::string reason = chela::reason_of(error);
    if (reason == "E_IN_FLIGHT") code = kResourceUnavailable;  // nothing has been rejected
    if (code == kUserRejected) return {code, denial(error.detail), {{"code", reason}}};
    if (code != kFailed) return {code, error.detail, {{"code", reason}}};
    log::event(log::Level::error, "internal_error", {{"code", reason}, {"detail", error.detail}});
    return {code, "chela has failed; its log says why", {{"code", reason}}};
}

RpcError invalid_params(std::string detail) {
    return {kInvalidParams, std::move(detail), {{"code", "E_PARAMS"}}};
}

RpcError refusal_of(const store::IntentRecord& intent) {
    const Json violations = violations_of(intent);
    Json data{
        {"code", reason_of(intent, violations)},
        {"intent_id", intent.id},
        {"state", to_string(intent.state)}};
    if (!violations.empty()) data["violations"] = violations;
    if (!intent.approval_id.empty()) data["approval_id"] = intent.approval_id;
    const auto code = code_of(intent.state);
    auto message = message_of(intent, violations);
    if (code == kUserRejected) message = denial(std::move(message));
    return {code, std::move(message), std::move(data)};
}

RpcError with_key(RpcError error, const std::string& idempotency_key) {
    error.data["idempotency_key"] = idempotency_key;
    return error;
}

}  // namespace chela::sidecar::rpc
