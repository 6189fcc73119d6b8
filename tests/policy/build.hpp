#pragma once

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/tx/transaction.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace chela::test {

inline constexpr ChainId kChain{8453};
inline constexpr TimePoint kNow{
    std::chrono::milliseconds{1'790'000'000'000}};  // 2026-09-21T14:13:20Z

/// 0x11…11 for 0x11: easy to see in hex.
inline Address address(std::uint8_t byte) {
    Address out;
    out.bytes.fill(byte);
    return out;
}

inline std::string word(std::uint64_t number) {
    return fmt::format("{:064x}", number);
}
inline std::string word(const Address& value) {
    return std::string(24, '0') + to_hex(value).substr(2);
}

/// @param hex  digits only
inline Bytes from_digits(std::string_view hex) {
    const auto bytes = parse_hex(fmt::format("0x{}", hex));
    if (!bytes) bug("a test's hex does not parse");
    return *bytes;
}

inline Wei wei(std::uint64_t amount) {
    return Wei{U256{amount}};
}
inline Wei ether(std::string_view amount) {
    const auto value = parse_units(amount, kNativeDecimals);
    if (!value) bug("a test's amount does not parse");
    return Wei{*value};
}

/// 21000 gas at most 1 gwei each: a worst case of 0.000021.
inline chains::Eip1559Transaction transaction_to(
    std::optional<Address> to, Wei value = {}, std::string_view data = {}) {
    return {
        .chain_id = kChain,
        .nonce = Nonce{0},
        .max_priority_fee_per_gas = wei(1),
        .max_fee_per_gas = wei(1'000'000'000),
        .gas_limit = Gas{21'000},
        .to = to,
        .value = value,
        .data = from_digits(data),
        .access_list = {}};
}

}  // namespace chela::test
