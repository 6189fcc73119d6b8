#include "chains/base/address.hpp"
#include "tests/policy/rules/documents.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace chela::policy::test {
namespace {

using testing::UnorderedElementsAre;

using namespace std::chrono_literals;

Address address(std::string_view text) {
    return *parse_address(text);
}

TEST(load_policy, reads_the_example_of_the_design) {
    const auto policy = loaded(R"(schema: chela.policy/1
id: treasury-agent
version: 7
expires: 2027-01-01T00:00:00Z
assets:
  usdc@8453: {address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", decimals: 6}
  weth@8453: {address: "0x4200000000000000000000000000000000000006", decimals: 18}
sets:
  payees: ["0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222"]
budgets:
  usdc-day: {asset: usdc@8453, limit: "100 USDC", window: 24h, scope: agent}
  gas-day:  {asset: native@8453, limit: "0.01 ETH", window: 24h, counts: max_fee}
envelope: {chains: [8453], tx_types: [2], max_total_fee: "0.002 ETH", charge: gas-day}
permit:
  - {id: pay, effect: transfer, where: {asset: usdc@8453, from: self, to: {in: payees}}, charge: usdc-day}
  - {id: swap, effect: swap, where: {venue: uniswap-v3@8453, recipient: self, asset_in: usdc@8453, asset_out: weth@8453, deadline_within: 5m}, charge: usdc-day}
forbid:
  - {id: no-unlimited, effect: grant, where: {any: [{amount: unbounded}, {amount: {gt: "100 USDC"}}, {expiry: none}]}}
review:
  - {id: big-pay, effect: transfer, where: {asset: usdc@8453, amount: {gt: "50 USDC"}}, quorum: {of: operators, m: 1, ttl: 15m}}
simulation: {require: true, max_age_blocks: 3, must_not_revert: true, max_outflow: {usdc@8453: "100 USDC", native: "0.01 ETH"}}
)");
    EXPECT_EQ(policy.id, "treasury-agent");
    EXPECT_EQ(policy.version, 7U);
    EXPECT_EQ(policy.expires, TimePoint{1'798'761'600'000ms});
    ASSERT_EQ(policy.rules.size(), 4U);
    EXPECT_EQ(policy.rules[0].id, "pay");
    EXPECT_EQ(policy.rules[0].where, "p.yaml:15");
    EXPECT_EQ(policy.rules[0].charge, std::vector<std::string>{"usdc-day"});
    EXPECT_EQ(policy.rules[2].kind, Rule::Kind::forbid);
    EXPECT_EQ(policy.rules[2].condition.any.at(0).size(), 3U);
    EXPECT_EQ(policy.rules[3].quorum, (Quorum{"operators", 1, 15min}));
    const auto* budget = policy.find_meter("usdc-day");
    ASSERT_NE(budget, nullptr);
    EXPECT_EQ(budget->limit, U256{100'000'000});
    EXPECT_EQ(budget->length, 24h);
    EXPECT_EQ(policy.envelope.max_total_fee, Wei{U256{2'000'000'000'000'000}});
    EXPECT_EQ(policy.simulation.max_age_blocks, 3U);
    EXPECT_EQ(policy.simulation.max_native_outflow, U256{10'000'000'000'000'000});
    EXPECT_FALSE(policy.is_compiled);
    EXPECT_EQ(policy.contracts.kind_of(ChainId{8453}, address(kUsdc)), ContractKind::token);
}

TEST(load_policy, reads_json_as_well) {
    const auto policy = loaded(
        R"({"schema": "chela.policy/1", "id": "a", "version": 1,
            "sets": {"s": ["0x1111111111111111111111111111111111111111"]},
            "permit": [{"id": "r", "effect": ["revoke"], "where": {"spender": {"in": "s"}}}]})");
    ASSERT_EQ(policy.rules.size(), 1U);
    EXPECT_EQ(policy.rules[0].where, "p.yaml:3");
}

std::vector<std::string> expected_of(const std::string& rules) {
    std::vector<std::string> texts;
    for (const auto& clause : rule_of(rules).condition.clauses)
        texts.push_back(clause.expected);
    return texts;
}

/// Who acts by each alternative, however deep.
void collect_who_acts(const Condition& condition, std::vector<std::string>& out) {
    for (const auto& clause : condition.clauses)
        if (clause.field == Field::actor) out.push_back(clause.expected);
    for (const auto& alternatives : condition.any)
        for (const auto& alternative : alternatives)
            collect_who_acts(alternative, out);
}

std::vector<std::string> who_acts(const std::string& alternatives) {
    std::vector<std::string> out;
    const auto rule =
        rule_of("permit: [{id: r, effect: transfer, where: {any: [" + alternatives + "]}}]\n");
    collect_who_acts(rule.condition, out);
    return out;
}

TEST(load_policy, narrows_permits_to_the_signer_unless_they_say_who_acts) {
    const auto texts = [](const std::string& rule) {
        return expected_of("permit: [{id: r, effect: transfer" + rule + "}]\n");
    };
    const std::vector<std::string> only_self{"actor == self"};
    EXPECT_EQ(texts(""), only_self);
    EXPECT_EQ(texts(", where: {actor: self}"), only_self);
    EXPECT_EQ(texts(", where: {any: [{to: self}, {from: self}]}"), only_self);
    EXPECT_EQ(texts(", where: {actor: {in: payees}}"), std::vector<std::string>{"actor in payees"});
    EXPECT_THAT(
        who_acts("{actor: {in: payees}}, {to: self}"),
        UnorderedElementsAre("actor in payees", "actor == self"));
    EXPECT_THAT(
        who_acts("{any: [{actor: {ne: self}}, {from: self}]}"),
        UnorderedElementsAre("actor != self", "actor == self"));
    EXPECT_TRUE(expected_of("forbid: [{id: r, effect: transfer}]\n").empty());
}

TEST(load_policy, allows_nothing_by_what_is_absent) {
    const auto policy = loaded("schema: chela.policy/1\nid: a\nversion: 1\n");
    EXPECT_TRUE(policy.rules.empty());
    EXPECT_TRUE(policy.envelope.chains.empty());
    EXPECT_FALSE(policy.envelope.any_chain);
    EXPECT_TRUE(policy.envelope.tx_types.empty());
    EXPECT_EQ(policy.envelope.max_total_fee, std::nullopt);
    EXPECT_TRUE(policy.simulation.must_not_revert);
    EXPECT_FALSE(policy.shows_limits_to_agents);
}

struct ClauseLine {
    const char* effect;
    const char* where;
    std::vector<std::string> expected;
};

TEST(load_policy, reads_every_kind_of_clause) {
    const std::string anna{kAnna};
    const std::vector<ClauseLine> lines{
        {"transfer", "{to: self}", {"to == self"}},
        {"transfer", "{to: actor}", {"to == actor"}},
        {"transfer", "{to: {in: payees}}", {"to in payees"}},
        {"transfer", "{to: {not_in: payees}}", {"to not in payees"}},
        {"transfer",
         "{to: [self, \"0x1111111111111111111111111111111111111111\"]}",
         {"to in [self, " + anna + "]"}},
        {"transfer", "{to: {in: [self]}}", {"to == self"}},
        {"transfer", "{to: {ne: self}}", {"to != self"}},
        {"transfer", "{to: []}", {"to in []"}},
        {"transfer",
         "{to: nft}",
         {"chain == 8453", "to == 0x3333333333333333333333333333333333333333"}},
        {"transfer", "{to: {ne: nft}}", {"to != 0x3333333333333333333333333333333333333333"}},
        {"transfer", "{token: none}", {"token is none"}},
        {"transfer", "{token: {ne: none}}", {"token is not none"}},
        {"transfer", "{token_id: 7}", {"token_id == 7"}},
        {"transfer", "{token_id: {in: [9, 7, 9]}}", {"token_id in [7, 9]"}},
        {"transfer",
         "{amount: {gte: 1.5 USDC, lt: 2 usdc@8453}}",
         {"amount >= 1.5 USDC", "amount < 2 USDC"}},
        {"transfer",
         "{asset: native@8453, amount: {lte: 50 gwei}}",
         {"asset == native@8453", "amount <= 0.00000005 ETH"}},
        {"transfer", "{amount: unbounded}", {"amount is unbounded"}},
        {"grant", "{expiry: none}", {"expiry is none"}},
        {"grant", "{expiry_within: 30d}", {"expiry within 30d"}},
        {"swap", "{deadline: {within: 90s}}", {"deadline within 90s"}},
        {"swap", "{deadline: {ne: none}}", {"deadline is not none"}},
        {"swap",
         "{venue: [uniswap-v2@8453, uniswap-v3@8453]}",
         {"venue in [uniswap-v2@8453, uniswap-v3@8453]"}},
        {"swap", "{venue: nft}", {"venue == 0x3333333333333333333333333333333333333333@8453"}},
        {"swap", "{via: [usdc@8453]}", {"via in [usdc@8453]"}},
        {"swap", "{via: weth@8453}", {"via in [weth@8453]"}},
        {"swap", "{via: {not_in: [usdc@8453]}}", {"via has one not in [usdc@8453]"}},
        {"swap", "{via: none}", {"via is none"}},
        {"swap",
         "{asset_in: usdc@8453, max_in: {lte: 5 USDC}}",
         {"asset_in == usdc@8453", "max_in <= 5 USDC"}},
        {"wrap", "{direction: unwrap}", {"direction == unwrap"}},
        {"deploy", "{value: {lt: 7 wei}}", {"value < 0.000000000000000007 ETH"}},
        {"authority", "{kind: [owner, module]}", {"kind in [module, owner]"}},
        {"userop",
         "{paymaster: none, prefund: {lte: 0.1 ETH}}",
         {"paymaster is none", "prefund <= 0.1 ETH"}},
        {"message", "{text: {starts_with: \"Sign in\"}}", {"text starts with \"Sign in\""}},
        {"message", "{length: {lt: 100}}", {"length < 100"}},
        {"call",
         "{contract: nft, function: \"mint(address to,uint256)\", args: {to: self, 1: {lt: 9}}}",
         {"chain == 8453", "contract == 0x3333333333333333333333333333333333333333",
          "function == mint(address,uint256)", "args.id < 9", "args.to == self"}},
        {"call",
         "{contract: nft, function: pause(bool), args: {on: true}}",
         {"chain == 8453", "contract == 0x3333333333333333333333333333333333333333",
          "function == pause(bool)", "args.on == \"true\""}},
        {"[transfer, grant]", "{chain: 8453, actor: self}", {"actor == self", "chain == 8453"}},
    };
    for (const auto& [effect, where, expected] : lines) {
        EXPECT_EQ(
            expected_of(
                "forbid: [{id: r, effect: " + std::string{effect} + ", where: " + where + "}]\n"),
            expected)
            << where;
    }
}

TEST(load_policy, takes_the_unit_of_an_amount_from_the_clause_beside_it) {
    const std::string two =
        "schema: chela.policy/1\nid: a\nversion: 1\n"
        "assets:\n  usdc@1: {address: \"0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48\", decimals: "
        "6}\n"
        "  usdc@8453: {address: \"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\", decimals: 6}\n";
    const auto policy = loaded(
        two +
        "forbid: [{id: r, effect: transfer, where: {asset: usdc@1, any: [{amount: {gt: 1 "
        "USDC}}]}}]\n");
    const auto& inner = policy.rules.at(0).condition.any.at(0).at(0).clauses.at(0);
    EXPECT_EQ(std::get<AssetAmount>(inner.operand).asset.chain, ChainId{1});
    EXPECT_THAT(
        refusal(two + "forbid: [{id: r, effect: transfer, where: {amount: {gt: 1 USDC}}}]\n"),
        testing::AllOf(
            testing::StartsWith("p.yaml:7: forbid r.where.amount.gt: "),
            testing::HasSubstr("may be usdc@1 or usdc@8453")));
}

TEST(load_policy, lets_native_currency_have_a_symbol_of_its_own) {
    const auto policy = loaded(
        "schema: chela.policy/1\nid: a\nversion: 1\nassets: {native@137: {symbol: POL}}\n"
        "budgets: {day: {asset: native@137, limit: 3 POL, window: utc-day}}\n"
        "envelope: {chains: [137, 1], max_total_fee: 1 pol}\n");
    EXPECT_EQ(policy.find_meter("day")->limit, *parse_units("3", 18));
    ASSERT_EQ(policy.assets.size(), 2U);
    EXPECT_EQ(policy.assets[0].name, "native@1");
    EXPECT_EQ(policy.assets[0].symbol, "ETH");
    EXPECT_EQ(policy.assets[1].symbol, "POL");
}

TEST(load_policy, pins_functions_of_either_form_of_abi) {
    const auto policy = loaded(
        "schema: chela.policy/1\nid: a\nversion: 1\ncontracts:\n"
        "  one: {chain: 1, address: \"0x1111111111111111111111111111111111111111\", abi: "
        "'[{\"type\":\"function\",\"name\":\"go\",\"inputs\":[{\"name\":\"to\",\"type\":\"address\""
        "}]},{\"type\":\"constructor\",\"inputs\":[]}]'}\n"
        "  two: {chain: 1, address: \"0x2222222222222222222222222222222222222222\", abi: [{type: "
        "function, name: go, inputs: [{name: to, type: address}]}]}\n"
        "  three: {chain: 1, address: \"0x3333333333333333333333333333333333333333\", kind: "
        "safe}\n");
    ASSERT_EQ(policy.declared_contracts.size(), 3U);
    for (const auto& contract : policy.declared_contracts)
        EXPECT_EQ(contract.functions.size(), contract.name == "three" ? 0U : 1U);
    EXPECT_EQ(policy.contracts.kind_of(ChainId{1}, address(kMint)), ContractKind::safe);
    const auto selector = chains::abi::selector(policy.declared_contracts[0].functions[0]);
    EXPECT_NE(policy.contracts.pinned(ChainId{1}, address(kAnna), selector), nullptr);
    EXPECT_NE(policy.contracts.pinned(ChainId{1}, address(kBert), selector), nullptr);
    EXPECT_EQ(policy.contracts.pinned(ChainId{2}, address(kBert), selector), nullptr);
}

TEST(load_policy, keeps_a_wrapped_native_currency_what_it_is) {
    const auto policy = loaded(head());
    EXPECT_EQ(
        policy.contracts.kind_of(ChainId{8453}, address(kWeth)), ContractKind::wrapped_native);
}

TEST(load_policy, counts_fees_of_the_chain_of_the_budgets_asset) {
    const auto policy = loaded(head());
    EXPECT_EQ(policy.find_meter("gas-day")->chain, ChainId{8453});
    EXPECT_EQ(policy.find_meter("eth-day")->chain, std::nullopt);
    EXPECT_EQ(policy.find_meter("none"), nullptr);
}

TEST(load_policy, sorts_what_has_no_order) {
    const auto policy = loaded(
        "schema: chela.policy/1\nid: a\nversion: 1\nsets: {s: "
        "[\"0x2222222222222222222222222222222222222222\", "
        "\"0x1111111111111111111111111111111111111111\", "
        "\"0x2222222222222222222222222222222222222222\"]}\n");
    ASSERT_EQ(policy.sets.at(0).addresses.size(), 2U);
    EXPECT_TRUE(policy.sets[0].contains(address(kAnna)));
    EXPECT_TRUE(policy.sets[0].contains(address(kBert)));
    EXPECT_FALSE(policy.sets[0].contains(address(kMint)));
}

}  // namespace
}  // namespace chela::policy::test
