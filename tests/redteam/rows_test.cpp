// Rows of the catalogue that are about documents, limits and traces rather than about one request.
#include "chains/base/hex.hpp"
#include "policy/analysis/judge.hpp"
#include "policy/rules/load.hpp"
#include "tests/redteam/folders.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>

namespace chela::redteam {
namespace {

using chains::abi::Value;
using policy::Verdict;
using policy::analysis::FixtureCase;
using policy::analysis::Outcome;

constexpr std::string_view kDocument = R"y(
schema: chela.policy/1
id: rows
version: 1
assets:
  usdc@8453: {address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", decimals: 6}
sets:
  payees: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]
budgets:
  day: {asset: usdc@8453, limit: "100 USDC", window: 24h}
envelope: {chains: [8453], tx_types: [2], max_total_fee: "0.001 ETH"}
permit:
  - {id: pay, effect: transfer, where: {asset: usdc@8453, from: self, to: {in: payees}}, charge: day}
)y";

std::string with(std::string_view was, std::string_view by) {
    std::string text{kDocument};
    const auto at = text.find(was);
    if (at == std::string::npos) bug("a test replaces what is not there");
    return text.replace(at, was.size(), by);
}

/// Why it does not load; empty: it does.
std::string refusal_of(const std::string& document) {
    const auto policy = policy::load_policy(document, "p.yaml");
    return policy ? std::string{} : policy.error().detail;
}

policy::BoundPolicy bound(const std::string& document) {
    auto policy = policy::load_policy(document, "p.yaml");
    if (!policy) throw std::runtime_error{policy.error().detail};
    return {
        std::make_shared<const policy::Policy>(*std::move(policy)),
        std::string{policy::analysis::kFixtureAgent}};
}

Address address(std::string_view text) {
    return parse_fixed<Address>(text).value();
}
const Address kUsdc = address("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913");
const Address kAnn = address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
const Address kSelf = address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

Bytes payment(std::uint64_t micro_usdc) {
    return call_of("transfer(address,uint256)", {Value{kAnn}, number(U256{micro_usdc})});
}

FixtureCase a_case(Bytes data) {
    chains::Eip1559Transaction transaction;
    transaction.chain_id = ChainId{8453};
    transaction.max_fee_per_gas = Wei{U256{1'000'000'000}};
    transaction.gas_limit = Gas{100'000};
    transaction.to = kUsdc;
    transaction.data = std::move(data);
    return {
        .name = "a row",
        .where = {},
        .signer = kSelf,
        .request = Content{chains::Transaction{transaction}},
        .now = TimePoint{std::chrono::milliseconds{1'780'000'000'000}},
        .ledger = {.slot = std::string{policy::analysis::kThisSlot}, .spent = {}, .high_water = {}},
        .simulation = std::nullopt,
        .approvals = {},
        .node_chain = std::nullopt,
        .operator_max_fee = std::nullopt,
        .expect = {}};
}

Outcome decide(const FixtureCase& of, const policy::BoundPolicy& policy) {
    const std::array policies{policy};
    return policy::analysis::judge(of, policies, policy.policy->contracts);
}

policy::SpentCharge spent(
    const policy::BoundPolicy& policy, std::string_view meter, unsigned usdc) {
    return {
        .charge =
            {.key = policy::meter_key(policy, policy::Budget::Scope::agent, meter),
             .chain = ChainId{8453},
             .amount = U256{std::uint64_t{usdc} * 1'000'000}},
        .slot = "another",
        .at = policy::kStillOpen};
}

TEST(row_28, a_rule_under_another_name_in_another_version_finds_what_was_spent) {
    const auto before = bound(std::string{kDocument});
    const auto after = bound(with("id: pay,", "id: pay-again,"));
    auto of = a_case(payment(60'000'000));
    EXPECT_EQ(decide(of, after).verdict, Verdict::allow);
    of.ledger.spent.push_back(spent(before, "day", 60));
    EXPECT_EQ(decide(of, after).codes, std::vector<std::string>{"E_BUDGET"});
}

// chela knows no prices: an amount is of an asset, and a limit in dollars cannot be written.
TEST(row_31, a_limit_that_needs_a_price_does_not_load) {
    EXPECT_NE(refusal_of(with("limit: \"100 USDC\"", "limit: \"100 USD\"")), "");
    EXPECT_NE(refusal_of(with("window: 24h}", "window: 24h, usd: 100}")), "");
    EXPECT_EQ(refusal_of(std::string{kDocument}), "");
}

TEST(row_35, a_misspelt_key_does_not_load_and_names_its_line) {
    EXPECT_NE(refusal_of(with("window: 24h", "windw: 24h")).find("p.yaml:10"), std::string::npos);
    EXPECT_NE(refusal_of(with("to: {in: payees}", "too: {in: payees}")), "");
    EXPECT_NE(refusal_of(with("charge: day", "charges: day")), "");
    EXPECT_NE(refusal_of(with("{in: payees}", "{inn: payees}")), "");
    EXPECT_EQ(refusal_of(std::string{kDocument}), "");
}

TEST(row_37, what_is_absent_is_nothing) {
    const auto of = a_case(payment(1));
    const auto without = [](std::string_view part) { return bound(with(part, "")); };
    EXPECT_EQ(decide(of, bound(std::string{kDocument})).verdict, Verdict::allow);
    EXPECT_EQ(
        decide(of, without("chains: [8453], ")).codes,
        std::vector<std::string>{"E_CHAIN_NOT_ALLOWED"});
    EXPECT_EQ(decide(of, without("tx_types: [2], ")).codes, std::vector<std::string>{"E_TX_TYPE"});
    EXPECT_EQ(
        decide(of, without(", max_total_fee: \"0.001 ETH\"")).codes,
        std::vector<std::string>{"E_FEE_OVER_LIMIT"});
    EXPECT_EQ(
        decide(of, bound(with("[\"0x70997970C51812dc3A010C7d01b50e0d17dc79C8\"]", "[]"))).codes,
        std::vector<std::string>{"E_UNCLAIMED_EFFECT"});
}

TEST(row_38, a_permit_beside_a_wider_one_is_pointed_out) {
    const auto wider = bound(
        std::string{kDocument} +
        "  - {id: pay-anybody, effect: transfer, where: {asset: usdc@8453}, charge: day}\n");
    const auto has = [](const policy::Policy& policy, std::string_view code) {
        return std::ranges::any_of(policy::lint(policy), [code](const policy::Finding& finding) {
            return finding.code == code;
        });
    };
    EXPECT_TRUE(has(*wider.policy, "L_WIDER_PERMIT"));
    EXPECT_FALSE(has(*bound(std::string{kDocument}).policy, "L_WIDER_PERMIT"));
}

/// The payment inside of so many batches of the token.
Bytes nested(std::size_t times) {
    auto data = payment(1);
    for (std::size_t i = 0; i < times; ++i)
        data = call_of("multicall(bytes[])", {list({Value{data}})});
    return data;
}
Bytes batch_of(std::size_t count) {
    return call_of("multicall(bytes[])", {list(Value::List(count, Value{payment(1)}))});
}

TEST(row_43, what_is_too_deep_too_many_or_too_long_is_denied) {
    const auto policy = bound(std::string{kDocument});
    const std::vector<std::string> limit{"E_LIMIT"};
    EXPECT_EQ(decide(a_case(nested(8)), policy).verdict, Verdict::allow);
    EXPECT_EQ(decide(a_case(nested(9)), policy).codes, limit);
    EXPECT_EQ(decide(a_case(batch_of(200)), policy).verdict, Verdict::allow);
    EXPECT_EQ(decide(a_case(batch_of(256)), policy).codes, limit);
    EXPECT_EQ(decide(a_case(Bytes(129UZ * 1024, 0)), policy).codes, limit);
}

TEST(row_43, many_calls_leave_a_small_tree) {
    const auto outcome = decide(a_case(batch_of(900)), bound(std::string{kDocument}));
    EXPECT_EQ(outcome.verdict, Verdict::deny);
    EXPECT_LE(outcome.effects.size(), 257U);
}

TEST(row_44, what_an_agent_reads_has_no_threshold_and_what_an_operator_reads_has) {
    const auto outcome = decide(a_case(payment(150'000'000)), bound(std::string{kDocument}));
    ASSERT_TRUE(outcome.decision);
    ASSERT_EQ(outcome.decision->violations.size(), 1U);
    const auto& violation = outcome.decision->violations.front();
    EXPECT_EQ(violation.code, "E_BUDGET");
    EXPECT_EQ(violation.detail.find("100"), std::string::npos) << violation.detail;
    EXPECT_NE(violation.limits.find("100"), std::string::npos) << violation.limits;
}

}  // namespace
}  // namespace chela::redteam
