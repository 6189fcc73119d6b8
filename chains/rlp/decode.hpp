#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"
#include "chains/base/u256.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace chela::chains::rlp {

struct Limits {
    std::size_t max_depth = 8;          ///< lists inside one another
    std::size_t max_items = 4096;       ///< strings and lists, at every depth together
    std::size_t max_bytes = 1U << 20U;  ///< of the encoded item
};

/// One decoded item; views point into the decoder's input, which must outlive it.
struct Item {
    enum class Kind : std::uint8_t { string, list };
    Kind kind{Kind::string};
    std::size_t offset{};     ///< where the item starts in the input
    BytesView payload;        ///< a string's bytes, or a list's encoded items
    std::vector<Item> items;  ///< a list's items
};

/// Canonical RLP only: non-minimal lengths, a single byte below 0x80 with a prefix, trailing bytes
/// and anything past the limits are refusals.
/// @param first  where the item starts in the input; positions count from the input's start
/// @return invalid_input naming the byte position
/// Source: Yellow Paper, appendix B.
[[nodiscard]] Result<Item> decode(BytesView input, Limits limits = {}, std::size_t first = 0);

/// @return the big-endian integer of a string item; a list, a leading zero or too many bytes is
/// invalid_input naming the byte position
[[nodiscard]] Result<U256> to_u256(const Item& item);
[[nodiscard]] Result<std::uint64_t> to_uint64(const Item& item);

}  // namespace chela::chains::rlp
