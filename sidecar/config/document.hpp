#pragma once

#include "chains/base/result.hpp"
#include "policy/rules/yaml/tree.hpp"
#include "sidecar/config/config.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace chela::sidecar::config {

using policy::yaml::Tree;

/// One YAML document of maps, lists and plain text. Duplicate keys, merge keys, tags, several
/// documents, control characters, and nesting or size over the limit are refused; aliases are
/// followed.
/// @param source  the file's name, for messages
/// @return invalid_input: "SOURCE:LINE: what is wrong". An empty document is an empty map.
[[nodiscard]] Result<Tree> parse_document(std::string_view text, const std::string& source);

/// load() without the file: text and environment in, settings out.
/// @param source  the file's name, for messages
[[nodiscard]] Result<Config> read_document(
    std::string_view text,
    const std::string& source,
    const std::filesystem::path& dir,
    const std::map<std::string, std::string>& environment);

}  // namespace chela::sidecar::config
