#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace chela {

/// Why an expected failure happened. Closed: one file maps these to HTTP, JSON-RPC and exit codes.
enum class ErrorCode : std::uint8_t {
    invalid_input,    ///< the caller's data is malformed or has the wrong shape
    out_of_range,     ///< a number does not fit its type or its limit
    unauthenticated,  ///< nobody known is calling
    denied,           ///< known caller, refused by policy or permission
    not_found,        ///< the named thing does not exist (or is not the caller's)
    conflict,         ///< contradicts what is already stored
    too_large,        ///< over a size limit
    unsupported,      ///< understood, but chela does not do it
    reverted,         ///< the chain would revert, or did
    rate_limited,     ///< too many requests
    unavailable,      ///< a device, node or store is not there; nothing happened
    timed_out,        ///< no answer in time; the effect is unknown
    bad_response,     ///< a node or token answered something that cannot be trusted
    internal          ///< a failure of ours that is not the caller's fault
};

[[nodiscard]] std::string_view to_string(ErrorCode code);

/// @param detail  a sentence for a person; never a key, PIN, token or whole payload
/// @param reason  a stable machine-readable token such as "E_TO_NOT_ALLOWED"; empty:
/// to_string(code) stands for it
struct Error {
    ErrorCode code{ErrorCode::internal};
    std::string detail;
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, Error{code, detail} warns
    std::string reason{};
};

/// The reason, or the word of the code where there is none.
[[nodiscard]] std::string reason_of(const Error& error);

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// Shorthand for `return fail(ErrorCode::denied, "why", "E_CODE");`
[[nodiscard]] inline std::unexpected<Error> fail(
    ErrorCode code, std::string detail, std::string reason = {}) {
    return std::unexpected{Error{code, std::move(detail), std::move(reason)}};
}

/// Our own bug: prints `what` to stderr and aborts, in every build.
[[noreturn]] void bug(std::string_view what);

}  // namespace chela
