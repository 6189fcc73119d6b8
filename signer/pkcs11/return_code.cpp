#include "signer/pkcs11/return_code.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::string_view kGone = "E_TOKEN_UNAVAILABLE";
constexpr std::string_view kBusy = "E_TOKEN_BUSY";
constexpr std::string_view kPin = "E_TOKEN_PIN";
constexpr std::string_view kUnsupported = "E_TOKEN_UNSUPPORTED";
constexpr std::string_view kUse = "E_TOKEN_USE";
constexpr std::string_view kOther = "CKR_OTHER";
constexpr std::string_view kResponse = "E_TOKEN_RESPONSE";

// clang-format off
constexpr std::array kTable{
    // The device went away: start over.
    ReturnCode{CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    ReturnCode{CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    ReturnCode{CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    ReturnCode{CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    ReturnCode{CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    ReturnCode{CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    ReturnCode{CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    // Drivers of networked tokens answer this when the line is cut.
    ReturnCode{CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", ErrorCode::unavailable, kGone, Remedy::reinitialize},
    // A part went away: replace it.
    ReturnCode{CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", ErrorCode::unavailable, kGone, Remedy::new_session},
    ReturnCode{CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", ErrorCode::unavailable, kGone, Remedy::new_session},
    ReturnCode{CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", ErrorCode::unavailable, kGone, Remedy::login},
    ReturnCode{CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", ErrorCode::unavailable, kGone, Remedy::find_key_again},
    ReturnCode{CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", ErrorCode::unavailable, kGone, Remedy::find_key_again},
    // A refused PIN counts towards a locked token.
    ReturnCode{CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", ErrorCode::unavailable, kPin, Remedy::latch_pin},
    ReturnCode{CKR_PIN_LOCKED, "CKR_PIN_LOCKED", ErrorCode::unavailable, kPin, Remedy::latch_pin},
    ReturnCode{CKR_PIN_INVALID, "CKR_PIN_INVALID", ErrorCode::unavailable, kPin, Remedy::latch_pin},
    ReturnCode{CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", ErrorCode::unavailable, kPin, Remedy::latch_pin},
    ReturnCode{CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", ErrorCode::unavailable, kPin, Remedy::latch_pin},
    ReturnCode{CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", ErrorCode::unavailable, kPin, Remedy::latch_pin},
    // Too much at once.
    ReturnCode{CKR_SESSION_COUNT, "CKR_SESSION_COUNT", ErrorCode::unavailable, kBusy, Remedy::shrink},
    ReturnCode{CKR_HOST_MEMORY, "CKR_HOST_MEMORY", ErrorCode::unavailable, kBusy, Remedy::shrink},
    ReturnCode{CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", ErrorCode::unavailable, kBusy, Remedy::shrink},
    // Somebody else used our session, or we did wrongly: the session is discarded and the caller told.
    ReturnCode{CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", ErrorCode::unavailable, kGone, Remedy::give_up},
    ReturnCode{CKR_OPERATION_NOT_INITIALIZED, "CKR_OPERATION_NOT_INITIALIZED", ErrorCode::unavailable, kGone, Remedy::give_up},
    ReturnCode{CKR_FUNCTION_CANCELED, "CKR_FUNCTION_CANCELED", ErrorCode::unavailable, kGone, Remedy::give_up},
    ReturnCode{CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", ErrorCode::unavailable, kUse, Remedy::give_up},
    ReturnCode{CKR_SESSION_READ_ONLY, "CKR_SESSION_READ_ONLY", ErrorCode::internal, kUse, Remedy::give_up},
    ReturnCode{CKR_ATTRIBUTE_READ_ONLY, "CKR_ATTRIBUTE_READ_ONLY", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD", ErrorCode::internal, kUse, Remedy::give_up},
    ReturnCode{CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", ErrorCode::denied, "E_KEY_CANNOT_SIGN", Remedy::give_up},
    ReturnCode{CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_CURVE_NOT_SUPPORTED, "CKR_CURVE_NOT_SUPPORTED", ErrorCode::unsupported, kUnsupported, Remedy::give_up},
    ReturnCode{CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL", ErrorCode::bad_response, kResponse, Remedy::give_up},
};
// clang-format on

}  // namespace

ReturnCode describe_return_code(CK_RV value) {
    const auto* const row = std::ranges::find(kTable, value, &ReturnCode::value);
    if (row != kTable.end()) return *row;
    return {value, "", ErrorCode::unavailable, kGone, Remedy::give_up};
}

std::unexpected<Failure> failed(std::string_view call, CK_RV value) {
    const ReturnCode row = describe_return_code(value);
    std::string detail = row.name.empty()
                             ? fmt::format("the token answered 0x{:x} to {}", value, call)
                             : fmt::format("the token answered {} to {}", row.name, call);
    return std::unexpected{Failure{
        .error = {row.code, std::move(detail), std::string{row.reason}},
        .remedy = row.remedy,
        .cause = row.name.empty() ? kOther : row.name}};
}

std::unexpected<Failure> give_up(ErrorCode code, std::string detail, std::string reason) {
    return std::unexpected{
        Failure{Error{code, std::move(detail), std::move(reason)}, Remedy::give_up}};
}

}  // namespace chela::signer::pkcs11
