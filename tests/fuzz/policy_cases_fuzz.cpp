#include "policy/analysis/run.hpp"

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace chela;
using namespace chela::policy::analysis;

constexpr auto kPolicy = R"y(
schema: chela.policy/1
id: fuzz
version: 1
assets:
  usdc@8453: {address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", decimals: 6}
contracts:
  vault: {chain: 8453, address: "0x976EA74026E726554dB657fA54763abd0C3a0aa9", abi: ["tend(address)"]}
budgets:
  day: {asset: usdc@8453, limit: "100 USDC", window: 24h}
envelope: {chains: [8453], tx_types: [2], operations: [transaction], max_total_fee: "1 ETH"}
permit:
  - {id: pay, effect: transfer, where: {asset: usdc@8453, from: self}, charge: day}
  - {id: tend, effect: call, where: {contract: vault}}
)y";

}  // namespace

/// Any file of cases is refused with a sentence that names its line, or each of its cases is
/// decided, and what was not understood is never allowed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const FixtureText policy{"p.yaml", kPolicy};
    const FixtureText cases{"c.yaml", std::string{reinterpret_cast<const char*>(data), size}};
    const auto fixture =
        read_fixture({&policy, 1}, {&cases, 1}, [](std::string_view) -> Result<std::string> {
            return fail(ErrorCode::not_found, "there are no files here");
        });
    if (!fixture) {
        const auto& error = fixture.error();
        if (error.reason != "E_POLICY_FIXTURE" || !error.detail.starts_with("c.yaml:")) {
            bug("a refusal without its place: " + error.detail);
        }
        return 0;
    }
    for (const auto& result : run_fixture(*fixture).results) {
        const auto& outcome = result.outcome;
        if (outcome.verdict == policy::Verdict::allow && !outcome.codes.empty()) {
            bug("an allow with a reason against it");
        }
        if (outcome.verdict != policy::Verdict::allow && outcome.codes.empty()) {
            bug("a refusal without a reason");
        }
        for (const auto& effect : outcome.effects)
            if (effect == "opaque" && outcome.verdict != policy::Verdict::deny) {
                bug("what was not understood is let through");
            }
    }
    return 0;
}
