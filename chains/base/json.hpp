#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace chela {

using Json = nlohmann::json;

struct JsonLimits {
    std::size_t max_depth = 32;
};

/// RFC 8259 text, strictly: duplicate keys, invalid UTF-8, trailing text, depth over the limit and
/// integers that do not fit 64 bits are refused (a big number belongs in a string).
/// @return invalid_input with reason E_JSON_MALFORMED, E_JSON_DUPLICATE_KEY or E_JSON_DEPTH and the
/// byte position
[[nodiscard]] Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

}  // namespace chela
