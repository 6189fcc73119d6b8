#pragma once

#include "chains/base/result.hpp"
#include "policy/rules/yaml/tree.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::config {

using policy::yaml::Tree;

/// section_list: a list of sections, whose keys stand below "PATH.*" as those of named ones do.
enum class Shape : std::uint8_t { section, named_sections, section_list, value, list };

/// One line of the schema. `path` has "*" where the file has a name: "chains.*.rpc_url".
struct Setting {
    std::string_view path;
    Shape shape;
};

/// Every key that chela.yaml may hold, parents before children.
[[nodiscard]] std::span<const Setting> schema();

/// "server" and "listen" → "server.listen"; the top's path is "".
[[nodiscard]] std::string join(std::string_view path, std::string_view key);

/// "chains.base.endpoints" and 1 → "chains.base.endpoints[1]", for messages.
[[nodiscard]] std::string item_path(std::string_view path, std::size_t item);

/// @param section  the path above the key, with "*" for names; "" is the top
/// @param key      one key, or "*" for a name @return nullptr: no such key
[[nodiscard]] const Setting* find_setting(std::string_view section, std::string_view key);

/// The last parts of the keys directly below `path` ("" is the top): what may be written there.
[[nodiscard]] std::vector<std::string_view> keys_below(std::string_view path);

/// "did you mean \"listen\"?" when something is close, else "known here: listen, …".
[[nodiscard]] std::string suggest(std::string_view key, const std::vector<std::string_view>& known);

/// Every key is known and every value is a value, list or section as the schema says.
/// @return invalid_input: "WHERE: unknown key …" or "WHERE: … must be …"
[[nodiscard]] Status check_shape(const Tree& document);

}  // namespace chela::sidecar::config
