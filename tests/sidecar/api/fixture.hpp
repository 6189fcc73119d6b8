#pragma once

#include "chains/base/address.hpp"
#include "chains/registry/registry.hpp"
#include "policy/rules/guardrails.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::api::test {

inline constexpr const char* kAlice = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
inline constexpr const char* kBob = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
inline constexpr const char* kMax256 =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";
inline constexpr const char* kOver256 =
    "115792089237316195423570985008687907853269984665640564039457584007913129639936";
/// 2^256-1 and 2^256 as amounts with 18 decimals.
inline constexpr const char* kMaxUnits =
    "115792089237316195423570985008687907853269984665640564039457.584007913129639935";
inline constexpr const char* kOverUnits =
    "115792089237316195423570985008687907853269984665640564039457.584007913129639936";

inline chains::Chain chain_of(std::string name, std::uint64_t id) {
    chains::Chain chain;
    chain.name = std::move(name);
    chain.chain_id = ChainId{id};
    chain.display_name = "Chain " + std::to_string(id);
    chain.explorer_url = "https://explorer.example";
    chain.native_currency = "ETH";
    chain.max_fee_per_transaction = Wei{U256{1}};
    return chain;
}

inline chains::Registry registry() {
    auto made = chains::Registry::make({chain_of("anvil", 31'337), chain_of("base", 8'453)});
    if (!made) bug("the test's chains: " + made.error().detail);
    return std::move(*made);
}

inline Result<ChainId> resolve(std::string_view name) {
    const auto chain = registry().find(name);
    if (!chain) return std::unexpected{chain.error()};
    return chain->chain_id;
}

/// As it comes from the wire.
inline Json json(const std::string& text) {
    auto parsed = parse_json(text);
    if (!parsed) bug("the test's JSON: " + parsed.error().detail);
    return std::move(*parsed);
}

inline Address address_of(const char* text) {
    const auto parsed = parse_address(text);
    if (!parsed) bug("the test's address");
    return *parsed;
}

template <class T>
void expect_refused(
    const Result<T>& result, ErrorCode code, const std::string& reason, const std::string& named) {
    ASSERT_FALSE(result.has_value()) << named << " should be refused";
    EXPECT_EQ(result.error().code, code) << named << ": " << result.error().detail;
    EXPECT_EQ(result.error().reason, reason) << named << ": " << result.error().detail;
    EXPECT_NE(result.error().detail.find(named), std::string::npos)
        << named << " is not in: " << result.error().detail;
}

}  // namespace chela::sidecar::api::test
