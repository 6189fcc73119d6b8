#pragma once

#include "chains/base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace chela::sidecar::http {

/// A request target in its one canonical form: nothing is rewritten, whatever could be read in two
/// ways is refused.
struct Target {
    std::string path;  ///< '/' and segments of [A-Za-z0-9._~-]; the last may be empty
    std::map<std::string, std::string> query;  ///< decoded names and values
};

/// Origin-form only. The path takes no percent-encoding, no empty, "." or ".." segment and at most
/// 2 KiB. The query is a list of name=value pairs of at most 2 KiB, percent-encoded UTF-8 without
/// control characters, each name once; a bare '+' is refused because it means a space to some and a
/// plus to others.
/// @return invalid_input with reason E_PATH or E_QUERY
/// Source: RFC 9112, 3.2.1; RFC 3986, 3.3 and 3.4.
[[nodiscard]] Result<Target> parse_target(std::string_view text);

}  // namespace chela::sidecar::http
