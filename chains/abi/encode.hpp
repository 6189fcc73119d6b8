#pragma once

#include "chains/abi/value.hpp"
#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace chela::chains::abi {

/// The one canonical encoding of arguments: heads, then tails in order, zero padding.
/// @return invalid_input with reason E_ABI_TYPE_MISMATCH naming the argument: another number of
/// values than types, or a value that is not of its type
/// Source: Solidity ABI specification, "Formal Specification of the Encoding".
[[nodiscard]] Result<Bytes> encode(std::span<const Type> types, std::span<const Value> values);

/// The 32 bytes of a value that stands in one word.
/// @param value  is_of(value, type), and the type is an integer, address, bool or fixed_bytes;
/// anything else is a bug of ours and aborts
[[nodiscard]] std::array<std::uint8_t, 32> encode_word(const Type& type, const Value& value);

}  // namespace chela::chains::abi
