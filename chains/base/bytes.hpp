#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace chela {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

/// N bytes with a meaning: two tags never convert into each other.
template <class Tag, std::size_t N>
struct FixedBytes {
    static constexpr std::size_t kSize = N;
    std::array<std::uint8_t, N> bytes{};

    [[nodiscard]] constexpr BytesView view() const { return bytes; }
    auto operator<=>(const FixedBytes&) const = default;
};

using Hash256 = FixedBytes<struct Hash256Tag, 32>;          ///< any Keccak-256 or SHA-256 value
using TxHash = FixedBytes<struct TxHashTag, 32>;            ///< Keccak-256 of a signed transaction
using SigningHash = FixedBytes<struct SigningHashTag, 32>;  ///< Keccak-256 of a preimage
using BlockHash = FixedBytes<struct BlockHashTag, 32>;
using Address = FixedBytes<struct AddressTag, 20>;

}  // namespace chela
