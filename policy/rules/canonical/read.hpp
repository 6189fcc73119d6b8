#pragma once

#include "chains/base/json.hpp"
#include "policy/rules/document.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace chela::policy::canonical {

using Sets = std::map<std::string, std::shared_ptr<const AddressSet>, std::less<>>;

// What to_json() wrote. A text that does not read (a number with a sign, an unknown word) reads as
// the type's zero: load_canonical() writes the policy again and finds the difference. A member that
// is missing or of another type is the JSON library's exception, which stops there too.
[[nodiscard]] Condition read_condition(const Json& json, const Sets& sets);
[[nodiscard]] Asset read_asset(const std::string& key);
[[nodiscard]] U256 read_number(const Json& json);
[[nodiscard]] std::uint64_t read_small(const Json& json);
[[nodiscard]] Address read_address(const Json& json);

}  // namespace chela::policy::canonical
