#pragma once

#include "chains/base/result.hpp"
#include "policy/rules/yaml/tree.hpp"

#include <map>
#include <string>

namespace chela::sidecar::config {

using policy::yaml::Tree;

/// Lays CHELA_SECTION__KEY variables over the document; the values are checked later, like the
/// file's. Names of chains and identities must be in the document: a variable changes an entry, it
/// never makes one.
/// @param document  has passed check_shape
/// @return invalid_input: "VARIABLE: unknown setting …", or two variables for one setting
[[nodiscard]] Status apply_environment(
    Tree& document, const std::map<std::string, std::string>& environment);

}  // namespace chela::sidecar::config
