#include "chains/fees/market.hpp"

#include "tests/chains/base/oracle.hpp"
#include "tests/chains/fees/build.hpp"

#include <gtest/gtest.h>

namespace chela::chains::fees {
namespace {

using namespace std::chrono_literals;
using test::wei;

node::FeeHistory history(const U256& next_base_fee, std::uint64_t tip) {
    return {.base_fees = {wei(1), Wei{next_base_fee}}, .tips = {wei(tip)}};
}

Market taken(const U256& next, std::uint64_t tip, const MarketOptions& options = {}) {
    const auto made = market(history(next, tip), options);
    if (!made) bug("the test's market is refused: " + made.error().detail);
    return *made;
}

TEST(market, offers_twice_the_base_fee_and_the_tip) {
    EXPECT_EQ(taken(U256{100}, 7).eip1559, (Eip1559Fees{wei(207), wei(7)}));
}

TEST(market, asks_of_a_legacy_transaction_one_rise_and_the_tip) {
    EXPECT_EQ(taken(U256{80}, 7).gas_price, wei(97));
    EXPECT_EQ(taken(U256{81}, 7).gas_price, wei(99)) << "rounded up: 81 + 10.125";
}

TEST(market, never_tips_below_the_minimum) {
    EXPECT_EQ(taken(U256{100}, 0).eip1559->max_priority_fee_per_gas, wei(1));
    EXPECT_EQ(
        taken(U256{100}, 3, {.minimum_tip = wei(50)}).eip1559, (Eip1559Fees{wei(250), wei(50)}));
}

TEST(market, holds_for_as_long_as_it_is_asked_to) {
    const U256 base{1'000'000'000};
    const auto cap = [&base](std::chrono::milliseconds patience, std::chrono::milliseconds block) {
        return taken(base, 0, {.minimum_tip = {}, .patience = patience, .block_time = block})
            .eip1559->max_fee_per_gas.value;
    };
    EXPECT_EQ(cap(0s, 12s), U256{2'000'000'000});
    EXPECT_EQ(cap(71s, 12s), U256{2'000'000'000}) << "five blocks come to 1.80";
    EXPECT_EQ(cap(72s, 12s), U256{2'027'286'531}) << "six blocks, rounded up each";
    EXPECT_EQ(cap(90s, 2s), U256{10'000'000'000}) << "no more than ten times";
    EXPECT_EQ(cap(24h, 250ms), U256{10'000'000'000});
}

TEST(market, of_a_chain_whose_base_fee_is_zero_offers_the_tip) {
    const auto out = taken(U256{0}, 5, {.patience = 90s, .block_time = 1s});
    EXPECT_EQ(out.eip1559, (Eip1559Fees{wei(5), wei(5)}));
    EXPECT_EQ(out.gas_price, wei(5));
}

TEST(market, knows_a_blob_price_when_it_is_told_the_base_fee) {
    EXPECT_EQ(taken(U256{1}, 1).max_fee_per_blob_gas, std::nullopt);
    EXPECT_EQ(taken(U256{1}, 1, {.blob_base_fee = wei(9)}).max_fee_per_blob_gas, wei(18));
    EXPECT_EQ(taken(U256{1}, 1, {.blob_base_fee = wei(0)}).max_fee_per_blob_gas, wei(1));
}

TEST(market, without_eip1559_is_the_nodes_gas_price) {
    const auto out = market(wei(900), MarketOptions{});
    EXPECT_EQ(out.gas_price, wei(900));
    EXPECT_EQ(out.eip1559, std::nullopt);
    EXPECT_EQ(market(wei(0), MarketOptions{}).gas_price, wei(1));
}

TEST(market, refuses_an_empty_history) {
    const auto refused = market(node::FeeHistory{}, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::bad_response);
}

TEST(market, of_any_base_fee_is_as_documented_or_out_of_range) {
    using chela::test::Oracle;
    for (const auto& base : chela::test::edges()) {
        for (const auto patience : {0ms, 36'000ms, 600'000ms}) {
            const MarketOptions options{.patience = patience};
            const auto out = market(history(base, 3), options);
            if (!out) {
                EXPECT_EQ(out.error().code, ErrorCode::out_of_range) << to_decimal(base);
                EXPECT_FALSE(chela::test::fits(chela::test::to_oracle(base) * 10 + 3));
                continue;
            }
            const Oracle cap = chela::test::to_oracle(out->eip1559->max_fee_per_gas.value);
            EXPECT_GE(cap, chela::test::to_oracle(base) * 2 + 3);
            EXPECT_LE(cap, chela::test::to_oracle(base) * 10 + 3);
        }
    }
}

TEST(market, refuses_a_blob_price_that_does_not_fit) {
    const auto refused = market(history(U256{1}, 1), {.blob_base_fee = Wei{U256::max()}});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_range);
}

}  // namespace
}  // namespace chela::chains::fees
