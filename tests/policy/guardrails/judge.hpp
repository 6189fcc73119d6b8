#pragma once

#include "policy/decide/decide.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/rules/compile.hpp"
#include "tests/policy/build.hpp"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
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

/// An earlier transaction that still counts.
struct Spend {
    ChainId chain;
    Wei value;
    Wei fee;
    TimePoint at;
};

struct Case {
    Guardrails rules = {};
    chains::Transaction transaction = transaction_to(kAlice, ether("1"));
    std::vector<Spend> spends = {};
    Wei chain_max_fee = ether("1");
    TimePoint now = kNow;
};

/// What the gate would have reserved for it.
inline void add_spend(LedgerSnapshot& ledger, const Spend& spend) {
    const auto slot = fmt::format("earlier/{}", ledger.spent.size());
    const auto add = [&](std::string_view meter, const U256& amount) {
        const MeterKey key{Budget::Scope::agent, "agent", std::string{meter}};
        ledger.spent.push_back({{key, spend.chain, amount}, slot, spend.at});
    };
    add(kGuardrailValueBudget, spend.value.value);
    add(kGuardrailFeeBudget, spend.fee.value);
    add(kGuardrailCountBudget, U256{1});
}

inline Decision judge_tree(const Case& line, const EffectTree& tree, const BoundPolicy& policy) {
    Facts facts;
    facts.self = kSigner;
    facts.envelope = envelope_facts(line.transaction);
    facts.envelope.operator_max_fee = line.chain_max_fee;
    facts.tree = &tree;
    facts.ledger.slot = "this";
    for (const auto& spend : line.spends)
        add_spend(facts.ledger, spend);
    facts.now = line.now;
    return decide(std::vector{policy}, facts);
}

inline Decision judge(const Case& line) {
    const BoundPolicy policy{
        std::make_shared<const Policy>(compile_guardrails(line.rules)), "agent"};
    return judge_tree(
        line, decode_preimage(line.transaction, kSigner, policy.policy->contracts), policy);
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
