#pragma once

#include "chains/base/hex.hpp"
#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/u256.hpp"
#include "chains/base/units.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace chela::chains::node {

// The readers of single values that every answer is made of. All of them answer bad_response with
// reason E_NODE_ANSWER.

/// "the node's answer: `what` `problem`"
[[nodiscard]] std::unexpected<Error> bad_answer(std::string_view what, std::string_view problem);

/// @return a member that must be there, of a value that must be an object; it lives as long as
/// `object`
[[nodiscard]] Result<const Json*> member(const Json& object, std::string_view name);
/// @return nullptr when the member is absent or null, or `object` is no object
[[nodiscard]] const Json* optional_member(const Json& object, std::string_view name);

[[nodiscard]] Result<std::string> read_text(const Json& value, std::string_view what);
/// DATA: "0x" and an even number of digits. Source: Ethereum JSON-RPC, "Hex value encoding".
[[nodiscard]] Result<Bytes> read_data(const Json& value, std::string_view what);
[[nodiscard]] Result<U256> read_quantity(const Json& value, std::string_view what);
[[nodiscard]] Result<std::uint64_t> read_uint64(const Json& value, std::string_view what);
/// Not above 2^48, which no chain reaches: whatever is added to it fits.
[[nodiscard]] Result<BlockNumber> read_block_number(const Json& value, std::string_view what);

/// DATA of exactly the type's length.
template <class Fixed>
[[nodiscard]] Result<Fixed> read_fixed(const Json& value, std::string_view what) {
    const auto text = read_text(value, what);
    if (!text) return std::unexpected{text.error()};
    auto fixed = parse_fixed<Fixed>(*text);
    if (!fixed) return bad_answer(what, fixed.error().detail);
    return *fixed;
}

[[nodiscard]] Result<U256> quantity_member(const Json& object, std::string_view name);
[[nodiscard]] Result<std::uint64_t> uint64_member(const Json& object, std::string_view name);
template <class Fixed>
[[nodiscard]] Result<Fixed> fixed_member(const Json& object, std::string_view name) {
    const auto value = member(object, name);
    if (!value) return std::unexpected{value.error()};
    return read_fixed<Fixed>(**value, name);
}

}  // namespace chela::chains::node
