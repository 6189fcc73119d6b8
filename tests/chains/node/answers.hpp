#pragma once

#include "chains/base/json.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace chela::test {

/// tests/vectors/node/NAME.json: method, params and answer. Fails the test when it is not there or
/// not JSON.
[[nodiscard]] Json node_vector(std::string_view name);
/// The `result` of that answer.
[[nodiscard]] Json node_result(std::string_view name);
/// Every vector of a folder below tests/vectors/node, without ".json"; never empty.
[[nodiscard]] std::vector<std::string> node_vectors(const std::string& folder);

}  // namespace chela::test
