#pragma once

#include "chains/base/json.hpp"

#include <string_view>

namespace chela::test {

/// The cases of one file below tests/vectors. A missing, malformed or empty file ends the test run.
/// @param path  for example "eip155/cast.json"
[[nodiscard]] Json load_cases(std::string_view path);

/// As load_cases, for a file of one JSON object a line.
/// @param path  for example "evm_tx/legacy.jsonl"
[[nodiscard]] Json load_lines(std::string_view path);

}  // namespace chela::test
