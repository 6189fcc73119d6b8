#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::sidecar::http {

/// A request's head as it came, split but not judged.
struct Head {
    std::string method;
    std::string target;
    std::string version;                                      ///< "HTTP/1.1"
    std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case, in order
};

enum class HeadState : std::uint8_t { incomplete, complete, malformed, too_large };

struct HeadScan {
    HeadState state{HeadState::incomplete};
    std::size_t size{};  ///< bytes up to and with the empty line when complete
};

/// Looks for the end of a head in what has been received so far. A line feed without a carriage
/// return, a carriage return without a line feed and a NUL are malformed at once: they are where
/// two parsers part ways.
/// @param from  how many bytes an earlier scan has seen
/// @param max_bytes  a longer head is too_large
[[nodiscard]] HeadScan scan_head(
    std::string_view received, std::size_t from, std::size_t max_bytes);

/// Splits a complete head by the grammar, without any of the leniency it permits: single spaces, no
/// folding, no space around a name, no control characters.
/// @return invalid_input E_FRAMING; too_large E_HEADERS: more than `max_fields`
/// Source: RFC 9112, 3 and 5.
[[nodiscard]] Result<Head> parse_head(std::string_view text, std::size_t max_fields);

}  // namespace chela::sidecar::http
