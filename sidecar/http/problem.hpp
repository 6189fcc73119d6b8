#pragma once

#include "chains/base/result.hpp"
#include "sidecar/http/message.hpp"

namespace chela::sidecar::http {

/// The one map from error codes to HTTP statuses.
[[nodiscard]] unsigned status_of(ErrorCode code);

/// application/problem+json: type about:blank, title, status, detail, and `code`, chela's stable
/// reason. The detail of an internal error goes to the log (event "internal_error") and not to the
/// caller. Source: RFC 7807.
[[nodiscard]] Response problem(const Error& error);
[[nodiscard]] Response problem(unsigned status, std::string_view code, std::string_view detail);

}  // namespace chela::sidecar::http
