#pragma once

#include "chains/base/result.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <p11-kit/pkcs11.h>

namespace chela::signer::pkcs11 {

/// What can be done about a failed call. Each is tried once for one request.
enum class Remedy : std::uint8_t {
    give_up,         ///< nothing: tell the caller
    new_session,     ///< the session is lost: take another
    login,           ///< log in again, handles change
    find_key_again,  ///< the object handle is stale
    reinitialize,    ///< the device is lost: C_Finalize, C_Initialize, find the slot, log in
    latch_pin,       ///< the PIN was refused: never try it again
    shrink,          ///< too much at once: use fewer sessions, and tell the caller to come back
};

/// One row of the failure table.
struct ReturnCode {
    CK_RV value{};
    std::string_view name;
    ErrorCode code{ErrorCode::unavailable};
    std::string_view reason;
    Remedy remedy{Remedy::give_up};
};

/// Source: PKCS#11 v2.40, 5.1. A code that is not in the table is unavailable and nothing is tried.
[[nodiscard]] ReturnCode describe_return_code(CK_RV value);

/// A failed attempt on the token: what to tell the caller, and what may be tried before that.
struct Failure {
    Error error;
    Remedy remedy{Remedy::give_up};
    std::uint64_t generation{};  ///< of the handles in use when it failed
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::string_view cause{};  ///< the code's name, "CKR_OTHER", or empty: the error's reason
};

template <class T>
using Attempt = std::expected<T, Failure>;

/// @param call  the PKCS#11 function, for example "C_Sign"; values never enter the sentence
[[nodiscard]] std::unexpected<Failure> failed(std::string_view call, CK_RV value);

/// A failure that no remedy can change.
[[nodiscard]] std::unexpected<Failure> give_up(
    ErrorCode code, std::string detail, std::string reason);

}  // namespace chela::signer::pkcs11
