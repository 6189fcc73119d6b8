#pragma once

#include "chains/abi/value.hpp"
#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace chela::chains::abi {

inline constexpr std::size_t kMaxEncodedBytes = 1U << 20U;

/// Arguments, strictly: only the bytes that encode() gives for the values are accepted. Work and
/// memory are linear in the input.
/// @param data  after the selector
/// @return one value a type, or invalid_input naming the byte, with reason E_ABI_TRUNCATED (an
/// offset or length leaves the data), E_ABI_NOT_CANONICAL (padding, a bool over 1, other offsets,
/// overlaps, gaps, trailing bytes) or E_ABI_UTF8; too_large with E_ABI_LIMIT over kMaxEncodedBytes
/// Source: Solidity ABI specification, "Strict Encoding Mode".
[[nodiscard]] Result<std::vector<Value>> decode(std::span<const Type> types, BytesView data);

/// As decode(), for display only, of what contracts answer: gaps, trailing bytes, other offsets,
/// missing padding and text that is not UTF-8 are accepted. Never decide by the result.
[[nodiscard]] Result<std::vector<Value>> decode_for_display(
    std::span<const Type> types, BytesView data);

}  // namespace chela::chains::abi
