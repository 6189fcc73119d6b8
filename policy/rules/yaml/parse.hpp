#pragma once

#include "chains/base/result.hpp"
#include "policy/rules/yaml/tree.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace chela::policy::yaml {

struct Limits {
    std::size_t max_nodes = 100'000;  ///< keys, values, lists and maps, aliases unfolded
    std::size_t max_depth = 16;
};

/// One YAML document of maps, lists and plain text. Duplicate keys, merge keys, tags, several
/// documents, control characters, and nesting or size over the limit are refused; aliases are
/// followed. JSON text is YAML too.
/// @param source  the file's name, for messages
/// @return invalid_input: "SOURCE:LINE: what is wrong". An empty document is an empty map.
[[nodiscard]] Result<Tree> parse(
    std::string_view text, const std::string& source, Limits limits = {});

}  // namespace chela::policy::yaml
