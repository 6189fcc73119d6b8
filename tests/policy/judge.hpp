#pragma once

#include "policy/decide/decide.hpp"
#include "policy/decode/transaction.hpp"
#include "tests/policy/build.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace chela::policy {

using namespace std::chrono_literals;
using test::address;
using test::ether;
using test::kChain;
using test::kNow;
using test::transaction_to;
using test::wei;
using test::word;
using Codes = std::vector<std::string>;

inline const Address kSigner = address(0x51);
inline const Address kToken = address(0x70);
inline const Address kAlice = address(0xa1);
inline const Address kEve = address(0xee);
inline const Address kContract = address(0xc0);

struct Case {
    Guardrails rules = {};
    chains::Transaction transaction = transaction_to(kAlice, ether("1"));
    std::vector<SpendEntry> spends = {};
    Wei chain_max_fee = ether("1");
    TimePoint now = kNow;
};

inline Decision judge(const Case& line) {
    const auto effects = decode_effects(line.transaction, kSigner);
    return decide(
        {.guardrails = line.rules,
         .transaction = line.transaction,
         .signer = kSigner,
         .effects = effects,
         .spends = line.spends,
         .chain_max_fee = line.chain_max_fee,
         .now = line.now});
}

inline Codes codes_of(const Case& line) {
    const auto decision = judge(line);
    Codes codes;
    for (const auto& violation : decision.violations)
        codes.push_back(violation.code);
    EXPECT_EQ(decision.verdict, codes.empty() ? Verdict::allow : Verdict::deny);
    return codes;
}

}  // namespace chela::policy
