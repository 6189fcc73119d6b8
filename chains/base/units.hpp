#pragma once

#include "chains/base/u256.hpp"

#include <chrono>
#include <compare>
#include <cstdint>

namespace chela {

/// A number with a unit; two units never convert into each other.
template <class Tag, class Rep>
struct Quantity {
    Rep value{};
    constexpr auto operator<=>(const Quantity&) const = default;
};

using Wei = Quantity<struct WeiTag, U256>;  ///< native currency, 10^-18 of the major unit
using Gas = Quantity<struct GasTag, std::uint64_t>;
using Nonce = Quantity<struct NonceTag, std::uint64_t>;  ///< EIP-2681: below 2^64-1
using ChainId = Quantity<struct ChainIdTag, std::uint64_t>;
using BlockNumber = Quantity<struct BlockNumberTag, std::uint64_t>;

/// Wall-clock time as a value; nothing below sidecar/edge reads a clock.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr unsigned kNativeDecimals = 18;

}  // namespace chela
