#pragma once

#include "chains/abi/value.hpp"

#include <cstddef>
#include <span>

namespace chela::chains::abi {

/// Where a value stands in the canonical encoding of arguments, which has but one layout: the first
/// byte of its payload (of `bytes` and `string` after the length, of a dynamic array its first
/// element).
/// @param values  what decode() gave for `types`; anything else is a bug of ours and aborts
/// @param path    positions from the outside in, at least one: {2} is the third argument, {0, 1}
/// the
///                second member of the first
/// @return bytes from the start of the arguments
/// Source: Solidity ABI specification, "Formal Specification of the Encoding".
[[nodiscard]] std::size_t position(
    std::span<const Type> types, const Value::List& values, std::span<const std::size_t> path);

}  // namespace chela::chains::abi
