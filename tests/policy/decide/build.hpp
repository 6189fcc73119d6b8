#pragma once

#include "policy/decide/decide.hpp"
#include "tests/policy/build.hpp"

#include <string>
#include <utility>
#include <vector>

/// Small policies, effects and facts to change.
namespace chela::policy {

using namespace std::chrono_literals;
using test::address;
using test::ether;
using test::kChain;
using test::kNow;
using test::wei;
using Codes = std::vector<std::string>;

inline const Address kSelf = address(0x51);
inline const Address kAlice = address(0xa1);
inline const Address kBob = address(0xb0);
inline const Address kSafe = address(0x5a);
inline const Asset kUsdc{kChain, address(0x70)};
inline const Asset kWeth{kChain, address(0x71)};
inline const Asset kNative{kChain, std::nullopt};
inline const std::string kAgent = "agent-1";

inline Clause clause(Field field, Comparison comparison, Operand operand = {}) {
    return {
        .field = field,
        .argument = {},
        .comparison = comparison,
        .operand = std::move(operand),
        .expected = fmt::format("{} {}", to_string(field), to_string(comparison)),
        .where = {}};
}
inline Clause is(Field field, const Address& address) {
    return clause(field, Comparison::equal, std::vector<AddressPattern>{address});
}
inline Clause is(Field field, const Asset& asset) {
    return clause(field, Comparison::equal, std::vector<Asset>{asset});
}
inline Clause over(Field field, std::uint64_t amount, const Asset& asset) {
    return clause(field, Comparison::greater, AssetAmount{U256{amount}, asset});
}

inline Rule rule(Rule::Kind kind, std::string id, EffectKind effect, Condition condition = {}) {
    Rule out;
    out.kind = kind;
    out.id = std::move(id);
    out.effects = {effect};
    out.condition = std::move(condition);
    if (kind == Rule::Kind::review)
        out.quorum = Quorum{.of = "operators", .minimum = 1, .ttl = 15min};
    return out;
}
inline Rule permit(std::string id, EffectKind effect, Condition condition = {}) {
    return rule(Rule::Kind::permit, std::move(id), effect, std::move(condition));
}
inline Rule forbid(std::string id, EffectKind effect, Condition condition = {}) {
    return rule(Rule::Kind::forbid, std::move(id), effect, std::move(condition));
}
inline Rule review(std::string id, EffectKind effect, Condition condition = {}) {
    return rule(Rule::Kind::review, std::move(id), effect, std::move(condition));
}
inline Rule charging(Rule rule, std::vector<std::string> meters) {
    rule.charge = std::move(meters);
    return rule;
}

inline Budget budget(std::string id, const Asset& asset, std::uint64_t limit) {
    Budget out;
    out.meter = id;
    out.id = std::move(id);
    out.asset = asset;
    out.limit = U256{limit};
    out.length = 24h;
    return out;
}

/// Signs on one chain, transactions of type 2 that cost up to 0.01; permits nothing yet.
inline Policy document(std::vector<Rule> rules = {}) {
    Policy out;
    out.id = "treasury";
    out.version = 7;
    out.assets = {
        {.name = "usdc@8453", .asset = kUsdc, .decimals = 6, .symbol = "USDC"},
        {.name = "weth@8453", .asset = kWeth, .decimals = 18, .symbol = "WETH"}};
    out.envelope.chains = {kChain};
    out.envelope.tx_types = {2};
    out.envelope.max_total_fee = ether("0.01");
    out.rules = std::move(rules);
    return out;
}

inline EffectNode node(Effect effect, const Address& actor = kSelf) {
    return {
        .what = std::move(effect), .actor = actor, .target = kBob, .range = {0, 68}, .inner = {}};
}
inline EffectTree tree_of(std::vector<Effect> effects) {
    EffectTree out;
    for (auto& effect : effects)
        out.roots.push_back(node(std::move(effect)));
    return out;
}

inline Transfer pay(const Bound& amount, const Asset& asset = kUsdc, const Address& to = kAlice) {
    return {.asset = asset, .from = kSelf, .to = to, .amount = amount, .token_id = std::nullopt};
}
inline Transfer pay(std::uint64_t amount, const Asset& asset = kUsdc, const Address& to = kAlice) {
    return pay(Bound{U256{amount}}, asset, to);
}
inline Grant grant(const Bound& amount, const Asset& asset = kUsdc) {
    return {
        .asset = asset,
        .owner = kSelf,
        .spender = kBob,
        .amount = amount,
        .expires_at = std::nullopt};
}
inline Opaque opaque(Opaque::Reason reason = Opaque::Reason::unknown_selector) {
    return {
        .reason = reason, .chain = kChain, .target = kBob, .selector = std::nullopt, .detail = {}};
}

inline Facts facts_of(const EffectTree& tree) {
    Facts out;
    out.self = kSelf;
    out.envelope.operation = Operation::transaction;
    out.envelope.chain = kChain;
    out.envelope.tx_type = 2;
    out.envelope.max_fee = ether("0.001");
    out.envelope.max_fee_per_gas = wei(1'000'000'000);
    out.envelope.gas = Gas{100'000};
    out.envelope.node_chain = kChain;
    out.tree = &tree;
    out.ledger.slot = "tx/1";
    out.now = kNow;
    return out;
}

inline BoundPolicy bind(Policy policy, const std::string& agent = kAgent) {
    return {.policy = std::make_shared<const Policy>(std::move(policy)), .agent_id = agent};
}

inline Codes codes_of(const Decision& decision) {
    Codes out;
    for (const auto& violation : decision.violations)
        out.push_back(violation.code);
    return out;
}

/// The verdict, and the codes behind it: "deny E_BUDGET".
inline std::string answer(const Decision& decision) {
    std::string out{to_string(decision.verdict)};
    for (const auto& code : codes_of(decision))
        out += " " + code;
    return out;
}
inline std::string answer(const Policy& policy, const Facts& facts) {
    const BoundPolicy bound = bind(policy);
    return answer(decide({&bound, 1}, facts));
}
inline std::string answer(const Policy& policy, std::vector<Effect> effects) {
    const auto tree = tree_of(std::move(effects));
    return answer(policy, facts_of(tree));
}

}  // namespace chela::policy
