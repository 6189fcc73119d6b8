#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::auth {

/// Without padding. Source: RFC 4648, 5; RFC 7515, 2.
[[nodiscard]] std::string to_base64url(BytesView bytes);

/// Exactly what to_base64url writes: no padding, no white space, no other alphabet, no stray bits
/// in the last character.
/// @return invalid_input
[[nodiscard]] Result<Bytes> parse_base64url(std::string_view text);

}  // namespace chela::sidecar::auth
