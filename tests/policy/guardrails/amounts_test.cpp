#include "tests/policy/guardrails/judge.hpp"

namespace chela::policy {
namespace {

TEST(guardrails, value_of_one_transaction) {
    const Codes denied{"E_VALUE_OVER_LIMIT"};
    Case line;
    line.rules.everywhere.max_value = ether("1");
    EXPECT_EQ(codes_of(line), Codes{});
    line.transaction = transaction_to(kAlice, Wei{*add(ether("1").value, U256{1})});
    EXPECT_EQ(codes_of(line), denied);
    line.rules.everywhere.max_value = ether("2");
    EXPECT_EQ(codes_of(line), Codes{});
    line.rules.per_chain[kChain.value].second.max_value = ether("1");
    EXPECT_EQ(codes_of(line), denied);
    line.rules = {};
    line.rules.per_chain[1].second.max_value = ether("0");
    EXPECT_EQ(codes_of(line), Codes{}) << "another chain's limit";
    line.rules.everywhere.max_value = ether("0");
    EXPECT_EQ(codes_of(line), denied) << "zero means zero";
    line.transaction = transaction_to(kAlice);
    EXPECT_EQ(codes_of(line), Codes{});
    line.transaction = transaction_to(std::nullopt, wei(1));
    EXPECT_EQ(codes_of(line), (Codes{"E_DEPLOY", "E_VALUE_OVER_LIMIT"}))
        << "a deployment's value counts";
}

TEST(guardrails, value_of_a_day) {
    const Codes denied{"E_DAILY_LIMIT"};
    Case line;
    line.rules.everywhere.daily_limit = ether("3");
    const auto with = [&](std::vector<Spend> spends) {
        line.spends = std::move(spends);
        return codes_of(line);
    };
    const ChainId other{1};
    EXPECT_EQ(with({}), Codes{});
    EXPECT_EQ(with({{kChain, ether("2"), {}, kNow - 1h}}), Codes{});
    EXPECT_EQ(with({{kChain, ether("2.1"), {}, kNow - 1h}}), denied);
    EXPECT_EQ(with({{other, ether("2.1"), {}, kNow - 1h}}), denied) << "all chains count";
    EXPECT_EQ(with({{kChain, ether("2.1"), {}, kNow - 24h}}), denied) << "the edge is inside";
    EXPECT_EQ(with({{kChain, ether("2.1"), {}, kNow - 24h - 1ms}}), Codes{});
    EXPECT_EQ(with({{kChain, ether("2.1"), {}, kNow + 240h}}), denied)
        << "a clock moved back frees nothing";
    EXPECT_EQ(with({{kChain, ether("1.5"), {}, kNow}, {other, ether("0.6"), {}, kNow}}), denied);
    EXPECT_EQ(with({{kChain, Wei{U256::max()}, {}, kNow}}), denied) << "overflow";

    line.rules.everywhere.daily_limit.reset();
    line.rules.per_chain[kChain.value].second.daily_limit = ether("3");
    EXPECT_EQ(with({{other, ether("9"), {}, kNow}}), Codes{})
        << "the chain's own limit counts the chain";
    EXPECT_EQ(with({{kChain, ether("2.1"), {}, kNow}}), denied);
}

TEST(guardrails, transactions_of_a_day) {
    const Codes denied{"E_TX_PER_DAY"};
    const TimePoint day = std::chrono::floor<std::chrono::days>(kNow);
    Case line;
    line.rules.everywhere.max_per_day = 2;
    const auto with = [&](std::vector<TimePoint> times) {
        line.spends.clear();
        for (const auto at : times)
            line.spends.push_back({kChain, {}, {}, at});
        return codes_of(line);
    };
    EXPECT_EQ(with({}), Codes{});
    EXPECT_EQ(with({day}), Codes{});
    EXPECT_EQ(with({day, kNow}), denied);
    EXPECT_EQ(with({day - 1ms, kNow}), Codes{}) << "yesterday";
    EXPECT_EQ(with({kNow, kNow + 48h}), denied) << "the future";
    line.rules.everywhere.max_per_day = 0;
    EXPECT_EQ(with({}), denied);
    line.rules = {};
    line.rules.per_chain[kChain.value].second.max_per_day = 1;
    EXPECT_EQ(with({day}), denied);
    line.spends = {{ChainId{1}, {}, {}, kNow}};
    EXPECT_EQ(codes_of(line), Codes{}) << "the chain's own number counts the chain";
}

TEST(guardrails, fees) {
    const Codes over{"E_FEE_OVER_LIMIT"};
    const Codes budget{"E_FEE_BUDGET"};
    Case line;  // worst case 21000 gwei
    line.chain_max_fee = wei(21'000'000'000'000);
    EXPECT_EQ(codes_of(line), Codes{});
    line.chain_max_fee = wei(20'999'999'999'999);
    EXPECT_EQ(codes_of(line), over);
    line.chain_max_fee = {};
    EXPECT_EQ(codes_of(line), over) << "no cap configured denies";

    line.chain_max_fee = ether("1");
    line.rules.everywhere.max_fee_per_gas = wei(1'000'000'000);
    EXPECT_EQ(codes_of(line), Codes{});
    line.rules.everywhere.max_fee_per_gas = wei(999'999'999);
    EXPECT_EQ(codes_of(line), over);

    line.rules = {};
    auto& limits = line.rules.per_chain[kChain.value].second;
    limits.overhead_budget = ether("0.00005");
    EXPECT_EQ(codes_of(line), Codes{});
    line.spends = {{kChain, {}, ether("0.000029"), kNow - 24h}};
    EXPECT_EQ(codes_of(line), Codes{});
    line.spends = {{kChain, {}, ether("0.00003"), kNow - 24h}};
    EXPECT_EQ(codes_of(line), budget);
    line.spends = {{ChainId{1}, {}, ether("1"), kNow}};
    EXPECT_EQ(codes_of(line), Codes{});
    line.spends = {{kChain, {}, Wei{U256::max()}, kNow}};
    EXPECT_EQ(codes_of(line), budget) << "overflow";
}

TEST(guardrails, gas_limits) {
    Case line;
    line.rules.everywhere.max_gas_limit = Gas{21'000};
    EXPECT_EQ(codes_of(line), Codes{});
    line.rules.per_chain[kChain.value].second.max_gas_limit = Gas{20'999};
    EXPECT_EQ(codes_of(line), Codes{"E_GAS_OVER_LIMIT"});
}

TEST(guardrails, a_fee_that_does_not_fit_is_over_every_limit) {
    auto transaction = transaction_to(kAlice);
    transaction.max_fee_per_gas = Wei{U256::max()};
    Case line{.rules = {}, .transaction = transaction};
    line.chain_max_fee = Wei{U256::max()};
    // Over the chain's cap, and nothing that a meter can count.
    EXPECT_EQ(codes_of(line), (Codes{"E_FEE_OVER_LIMIT", "E_FEE_OVER_LIMIT"}));
    line.rules.everywhere.overhead_budget = Wei{U256::max()};
    EXPECT_EQ(codes_of(line), (Codes{"E_FEE_OVER_LIMIT", "E_FEE_OVER_LIMIT", "E_FEE_BUDGET"}));
}

}  // namespace
}  // namespace chela::policy
