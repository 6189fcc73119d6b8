#pragma once

#include "chains/base/hex.hpp"
#include "policy/analysis/run.hpp"
#include "policy/rules/load.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace chela::policy::analysis {

inline constexpr std::string_view kPolicy = R"y(
schema: chela.policy/1
id: test
version: 1
assets:
  usdc@8453: {address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", decimals: 6}
contracts:
  vault: {chain: 8453, address: "0x976EA74026E726554dB657fA54763abd0C3a0aa9", abi: ["note(string,int8,bool,bytes4,uint8[],(address,uint256))"]}
sets:
  payees: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]
budgets:
  day: {asset: usdc@8453, limit: "100 USDC", window: 24h}
  gas: {asset: native@8453, limit: "1 ETH", window: 24h, counts: max_fee}
  count: {limit: 5, window: utc-day, counts: signatures}
envelope:
  chains: [8453]
  tx_types: [0, 1, 2]
  operations: [transaction, typed_data, personal_message, user_operation]
  max_total_fee: "1 ETH"
  charge: [gas, count]
permit:
  - {id: pay, effect: transfer, where: {asset: usdc@8453, from: self, to: {in: payees}}, charge: day}
  - {id: note, effect: call, where: {contract: vault}}
  - {id: hello, effect: message, where: {text: {starts_with: "hello"}}}
review:
  - {id: big, effect: transfer, where: {asset: usdc@8453, amount: {gt: "50 USDC"}}, quorum: {m: 2}}
)y";

/// Before `cases:` of every file below.
inline constexpr std::string_view kHead = R"(
signer: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
now: 2026-06-01T12:00:00Z
chain: 8453
names: {ann: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", mallory: "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"}
)";

using Files = std::map<std::string, std::string, std::less<>>;

inline Result<Fixture> read(
    std::string_view cases, std::string_view policy = kPolicy, const Files& files = {}) {
    const std::vector<FixtureText> policies{{"policy.yaml", std::string{policy}}};
    const std::vector<FixtureText> texts{{"cases.yaml", fmt::format("{}cases:\n{}", kHead, cases)}};
    return read_fixture(policies, texts, [&](std::string_view name) -> Result<std::string> {
        const auto found = files.find(name);
        if (found != files.end()) return found->second;
        return fail(ErrorCode::not_found, "no such file");
    });
}

/// One case, which must read.
inline Fixture must_read(std::string_view cases, const Files& files = {}) {
    auto fixture = read(cases, kPolicy, files);
    if (!fixture) throw std::runtime_error{fixture.error().detail};
    return *std::move(fixture);
}

/// A case of one request, indented as a list item.
inline std::string a_case(std::string_view request, std::string_view expect = "{verdict: allow}") {
    return fmt::format("  - name: it\n    {}\n    expect: {}\n", request, expect);
}

inline Outcome outcome_of(const Fixture& fixture) {
    return judge(fixture.cases.front(), fixture.policies, fixture.contracts);
}

/// Why the file does not read; empty: it does.
inline std::string refusal(std::string_view cases) {
    const auto fixture = read(cases);
    return fixture ? std::string{} : fixture.error().detail;
}

}  // namespace chela::policy::analysis
