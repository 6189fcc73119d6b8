#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace chela {

using Json = nlohmann::json;

/// What becomes of an integer that does not fit 64 bits.
enum class BigIntegers : std::uint8_t {
    refused,
    as_text  ///< a string of its digits, none lost
};
struct JsonLimits {
    std::size_t max_depth = 32;
    BigIntegers big_integers{BigIntegers::refused};
};

/// RFC 8259 text, strictly: duplicate keys, invalid UTF-8, trailing text, depth over the limit and
/// integers that do not fit 64 bits are refused (a big number belongs in a string;
/// services that write it all the same are read with BigIntegers::as_text).
/// @return invalid_input with reason E_JSON_MALFORMED, E_JSON_DUPLICATE_KEY or E_JSON_DEPTH and the
/// byte position
[[nodiscard]] Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

}  // namespace chela
