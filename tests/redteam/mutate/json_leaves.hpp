#pragma once

#include "chains/base/json.hpp"
#include "chains/message/typed_data.hpp"
#include "tests/redteam/mutate/operators.hpp"

#include <functional>
#include <string>
#include <vector>

namespace chela::redteam {

/// Typed data as JSON, and back.
[[nodiscard]] Json json_of(const chains::TypedData& data);
[[nodiscard]] Result<Content> content_of(const Json& json);

/// One mutant for each value in the message and the domain that `change` changes.
/// @param change  gets the path ("/message/to") and the value; true: it is another value now
[[nodiscard]] std::vector<Mutant> with_each_leaf(
    const chains::TypedData& data,
    const std::function<bool(const std::string& path, Json& leaf)>& change);

/// One mutant for each address, also inside of bytes.
/// @param by  0x and forty lower-case digits
[[nodiscard]] std::vector<Mutant> with_each_address_replaced(
    const chains::TypedData& data, const std::string& by);

}  // namespace chela::redteam
