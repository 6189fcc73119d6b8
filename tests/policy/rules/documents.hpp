#pragma once

#include "policy/rules/load.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace chela::policy::test {

inline constexpr std::string_view kUsdc = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
inline constexpr std::string_view kWeth = "0x4200000000000000000000000000000000000006";
inline constexpr std::string_view kAnna = "0x1111111111111111111111111111111111111111";
inline constexpr std::string_view kBert = "0x2222222222222222222222222222222222222222";
inline constexpr std::string_view kMint = "0x3333333333333333333333333333333333333333";

/// Lines 1 to 17: header, assets, sets, contracts, budgets and an envelope; rules follow.
inline std::string head() {
    return std::string{
        "schema: chela.policy/1\n"  // 1
        "id: treasury\n"            // 2
        "version: 7\n"              // 3
        "assets:\n"                 // 4
        "  usdc@8453: {address: \"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\", decimals: 6}\n"
        "  weth@8453: {address: \"0x4200000000000000000000000000000000000006\", decimals: 18}\n"
        "sets:\n"                                                                           // 7
        "  payees: [\"0x1111111111111111111111111111111111111111\"]\n"                      // 8
        "contracts:\n"                                                                      // 9
        "  nft: {chain: 8453, address: \"0x3333333333333333333333333333333333333333\",\n"   // 10
        "        abi: [\"function mint(address to, uint256 id)\", \"pause(bool on)\"]}\n"   // 11
        "budgets:\n"                                                                        // 12
        "  usdc-day: {asset: usdc@8453, limit: 100 USDC, window: 24h}\n"                    // 13
        "  gas-day: {asset: native@8453, limit: 0.01 ETH, window: 24h, counts: max_fee}\n"  // 14
        "  eth-day: {asset: native@8453, limit: 0.5 ETH, window: utc-day}\n"                // 15
        "envelope: {chains: [8453], tx_types: [2], max_total_fee: 0.002 ETH,\n"             // 16
        "           charge: gas-day}\n"};                                                   // 17
}

/// The document, which must load.
inline Policy loaded(const std::string& text) {
    auto policy = load_policy(text, "p.yaml");
    if (!policy) {
        ADD_FAILURE() << policy.error().detail << "\n" << text;
        return {};
    }
    return *std::move(policy);
}

/// Why the document does not load.
inline std::string refusal(const std::string& text) {
    const auto policy = load_policy(text, "p.yaml");
    if (policy) return "it loads";
    EXPECT_EQ(policy.error().code, ErrorCode::invalid_input);
    EXPECT_EQ(policy.error().reason, "E_POLICY_DOCUMENT");
    return policy.error().detail;
}

/// The only rule of a document that has head() and this.
inline Rule rule_of(const std::string& rules) {
    const auto policy = loaded(head() + rules);
    if (policy.rules.size() != 1) ADD_FAILURE() << "not one rule";
    return policy.rules.empty() ? Rule{} : policy.rules.front();
}

}  // namespace chela::policy::test
