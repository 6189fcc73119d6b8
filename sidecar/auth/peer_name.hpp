#pragma once

#include "chains/base/result.hpp"

#include <string_view>

namespace chela::sidecar::auth {

/// A workload's SPIFFE ID in its one form: "spiffe://", a trust domain of [a-z0-9._-], and at
/// least one path segment of [A-Za-z0-9._-], none of them "." or ".."; nothing behind. At most
/// 2,048 bytes, the trust domain 255.
/// @return invalid_input: what is wrong
/// Source: SPIFFE ID, 2; X.509-SVID, 4.1 (a leaf has a path).
[[nodiscard]] Status check_spiffe_id(std::string_view text);

/// A host name in lower case, without wildcards: labels of letters, digits, dashes and
/// underscores between dots. @return invalid_input
/// Source: RFC 1123, 2.1.
[[nodiscard]] Status check_dns_name(std::string_view text);

}  // namespace chela::sidecar::auth
