#include "chains/fees/replacement.hpp"

#include "tests/chains/base/oracle.hpp"
#include "tests/chains/fees/build.hpp"

#include <gtest/gtest.h>

namespace chela::chains::fees {
namespace {

using chela::test::edges;
using chela::test::fits;
using chela::test::Numbers;
using chela::test::Oracle;
using chela::test::to_oracle;
using test::one_of_each;
using test::wei;

constexpr std::uint64_t kLegacyBump = 10;
constexpr std::uint64_t kBlobBump = 100;

/// geth's rule in its own words: an offer is refused when it is not higher than the old one, or
/// below old × (100 + bump) / 100. Source: go-ethereum, legacypool/list.go, blobpool.go.
bool pool_takes(const Wei& old, const Wei& offer, std::uint64_t bump) {
    const Oracle before = to_oracle(old.value);
    const Oracle after = to_oracle(offer.value);
    if (after <= before) return false;
    return after >= before * (100 + bump) / 100;
}

bool pool_takes(const Eip1559Fees& old, const Eip1559Fees& offer, std::uint64_t bump) {
    return pool_takes(old.max_fee_per_gas, offer.max_fee_per_gas, bump) &&
           pool_takes(old.max_priority_fee_per_gas, offer.max_priority_fee_per_gas, bump);
}

std::vector<U256> fee_edges() {
    auto out = edges();
    for (const std::uint64_t fee :
         {0U, 1U, 2U, 4U, 5U, 9U, 10U, 11U, 19U, 20U, 21U, 99U, 100U, 101U})
        out.emplace_back(fee);
    // The last old fee whose replacement fits, and the first one whose does not.
    const auto last = divide(*subtract(U256::max(), U256{5}), U256{11}).quotient;
    const auto largest = *multiply(last, U256{10});
    for (std::uint64_t above = 0; above < 12; ++above)
        out.push_back(*add(largest, U256{above}));
    return out;
}

Market market_of(std::uint64_t cap, std::uint64_t tip) {
    return {
        .gas_price = wei(cap),
        .eip1559 = Eip1559Fees{wei(cap), wei(tip)},
        .max_fee_per_blob_gas = wei(cap)};
}

Eip1559Fees of_1559(const Result<Fees>& fees) {
    if (!fees) bug("the test's fees are refused: " + fees.error().detail);
    return std::get<Eip1559Fees>(*fees);
}

TEST(least_above, is_a_tenth_more_rounded_up_and_one_wei_above_nothing) {
    const std::vector<std::pair<std::uint64_t, std::uint64_t>> cases{
        {0, 1},   {1, 2},   {2, 3},   {9, 10},    {10, 11},   {11, 13},
        {19, 21}, {20, 22}, {21, 24}, {100, 110}, {101, 112}, {1'000'000'001, 1'100'000'002}};
    for (const auto& [old, least] : cases)
        EXPECT_EQ(least_above(wei(old)), wei(least)) << old;
}

TEST(least_above, is_taken_by_the_pool_or_does_not_fit_256_bits) {
    auto fees = fee_edges();
    Numbers numbers{1};
    for (int i = 0; i < 20'000; ++i)
        fees.push_back(numbers.u256());
    bool is_one_too_high = false;
    for (const auto& fee : fees) {
        const Wei old{fee};
        const Oracle wanted = (to_oracle(fee) * 11 + 9) / 10;  // ⌈old × 1.1⌉
        const auto least = least_above(old);
        ASSERT_EQ(least.has_value(), fits(wanted)) << to_decimal(fee);
        if (!least) {
            is_one_too_high = true;
            EXPECT_EQ(least.error().code, ErrorCode::out_of_range);
            continue;
        }
        EXPECT_TRUE(pool_takes(old, *least, kLegacyBump)) << to_decimal(fee);
        if (!fee.is_zero()) {
            EXPECT_EQ(to_oracle(least->value), wanted) << to_decimal(fee);
        }
    }
    EXPECT_TRUE(is_one_too_high);
}

TEST(least_above, of_blobs_is_twice_as_much_and_the_least_that_the_pool_takes) {
    auto fees = fee_edges();
    Numbers numbers{2};
    for (int i = 0; i < 20'000; ++i)
        fees.push_back(numbers.u256());
    for (const auto& fee : fees) {
        const Wei old{fee};
        const auto least = least_above_of_blobs(old);
        ASSERT_EQ(least.has_value(), fits(to_oracle(fee) * 2)) << to_decimal(fee);
        if (!least) continue;
        EXPECT_TRUE(pool_takes(old, *least, kBlobBump)) << to_decimal(fee);
        const Wei below{*subtract(least->value, U256{1})};
        EXPECT_FALSE(pool_takes(old, below, kBlobBump)) << to_decimal(fee);
    }
}

TEST(replacement, pays_what_the_market_asks_when_that_is_more) {
    const auto fees = of_1559(replacement(Eip1559Fees{wei(100), wei(10)}, market_of(500, 50)));
    EXPECT_EQ(fees, (Eip1559Fees{wei(500), wei(50)}));
    EXPECT_EQ(replacement(LegacyFees{wei(100)}, market_of(500, 50)), (Fees{LegacyFees{wei(500)}}));
}

TEST(replacement, raises_both_fees_when_the_market_asks_for_less) {
    const auto fees = of_1559(replacement(Eip1559Fees{wei(100), wei(10)}, market_of(1, 1)));
    EXPECT_EQ(fees, (Eip1559Fees{wei(110), wei(11)}));
    EXPECT_EQ(replacement(LegacyFees{wei(100)}, market_of(1, 1)), (Fees{LegacyFees{wei(110)}}));
}

TEST(replacement, takes_each_fee_by_itself) {
    EXPECT_EQ(
        of_1559(replacement(Eip1559Fees{wei(100), wei(10)}, market_of(500, 1))),
        (Eip1559Fees{wei(500), wei(11)}));
    EXPECT_EQ(
        of_1559(replacement(Eip1559Fees{wei(100), wei(10)}, market_of(1, 50))),
        (Eip1559Fees{wei(110), wei(50)}));
}

TEST(replacement, raises_the_cap_with_a_tip_above_it) {
    EXPECT_EQ(
        of_1559(replacement(Eip1559Fees{wei(100), wei(10)}, market_of(120, 300))),
        (Eip1559Fees{wei(300), wei(300)}));
    EXPECT_EQ(
        of_1559(replacement(Eip1559Fees{wei(10), wei(100)}, market_of(1, 1))),
        (Eip1559Fees{wei(110), wei(110)}));
}

TEST(replacement, of_blobs_doubles_all_three_fees) {
    const BlobFees old{{wei(100), wei(10)}, wei(30)};
    EXPECT_EQ(replacement(old, market_of(1, 1)), (Fees{BlobFees{{wei(200), wei(20)}, wei(60)}}));
    EXPECT_EQ(replacement(old, market_of(999, 1)), (Fees{BlobFees{{wei(999), wei(20)}, wei(999)}}));
    auto without_blobs = market_of(999, 1);
    without_blobs.max_fee_per_blob_gas.reset();
    EXPECT_EQ(replacement(old, without_blobs), (Fees{BlobFees{{wei(999), wei(20)}, wei(60)}}));
}

TEST(replacement, of_a_market_without_eip1559_is_the_least) {
    const auto fees =
        of_1559(replacement(Eip1559Fees{wei(100), wei(10)}, market(wei(900), MarketOptions{})));
    EXPECT_EQ(fees, (Eip1559Fees{wei(110), wei(11)}));
}

TEST(replacement, is_always_one_that_the_pool_takes_and_a_node_reads) {
    auto fees = fee_edges();
    Numbers numbers{3};
    for (int i = 0; i < 40; ++i)
        fees.push_back(numbers.u256());
    const std::vector<Market> markets{
        market_of(0, 0), market_of(1'000, 900), market_of(1, 2'000),
        Market{
            .gas_price = Wei{U256::max()},
            .eip1559 = Eip1559Fees{Wei{U256::max()}, wei(1)},
            .max_fee_per_blob_gas = Wei{U256::max()}}};
    for (const auto& cap : fees) {
        for (const auto& tip : fees) {
            const Eip1559Fees old{Wei{cap}, Wei{tip}};
            for (const auto& now : markets) {
                const auto made = replacement(old, now);
                ASSERT_EQ(made.has_value(), least_above({cap}) && least_above({tip}));
                if (!made) continue;
                const auto next = std::get<Eip1559Fees>(*made);
                EXPECT_TRUE(pool_takes(old, next, kLegacyBump));
                EXPECT_LE(next.max_priority_fee_per_gas, next.max_fee_per_gas);
                EXPECT_GE(next.max_fee_per_gas, now.eip1559->max_fee_per_gas);
                EXPECT_GE(next.max_priority_fee_per_gas, now.eip1559->max_priority_fee_per_gas);
            }
            const auto blobs = replacement(BlobFees{old, Wei{cap}}, markets[0]);
            if (!blobs) continue;
            const auto next = std::get<BlobFees>(*blobs);
            EXPECT_TRUE(pool_takes(old, next.gas, kBlobBump));
            EXPECT_TRUE(pool_takes(Wei{cap}, next.max_fee_per_blob_gas, kBlobBump));
        }
    }
}

TEST(replacement, of_the_largest_fee_does_not_exist) {
    const Wei most{U256::max()};
    for (const Fees& old :
         {Fees{LegacyFees{most}}, Fees{Eip1559Fees{most, wei(1)}}, Fees{Eip1559Fees{most, most}},
          Fees{BlobFees{{most, wei(1)}, wei(1)}}, Fees{BlobFees{{wei(1), wei(1)}, most}}}) {
        const auto made = replacement(old, market_of(1, 1));
        ASSERT_FALSE(made.has_value());
        EXPECT_EQ(made.error().code, ErrorCode::out_of_range);
        EXPECT_EQ(made.error().reason, "E_FEES");
    }
}

TEST(replaced, changes_the_fees_and_nothing_else) {
    for (const auto& transaction : one_of_each()) {
        const auto before = fees_of(transaction);
        const auto wanted = replacement(before, market_of(1, 1));
        ASSERT_TRUE(wanted.has_value());
        const auto changed = replaced(transaction, *wanted);
        ASSERT_TRUE(changed.has_value()) << changed.error().detail;
        EXPECT_EQ(fees_of(*changed), *wanted);
        EXPECT_NE(encode_unsigned(*changed), encode_unsigned(transaction));
        const auto back = replaced(*changed, before);
        ASSERT_TRUE(back.has_value());
        EXPECT_EQ(*back, transaction);
    }
}

TEST(replaced, refuses_fees_of_another_kind) {
    const std::vector<Fees> kinds{
        LegacyFees{wei(1)}, Eip1559Fees{wei(2), wei(1)}, BlobFees{{wei(2), wei(1)}, wei(1)}};
    for (const auto& transaction : one_of_each()) {
        for (const auto& fees : kinds) {
            const auto changed = replaced(transaction, fees);
            ASSERT_EQ(changed.has_value(), fees.index() == fees_of(transaction).index());
            if (!changed) {
                EXPECT_EQ(changed.error().reason, "E_FEES");
            }
        }
    }
}

TEST(replaced, refuses_a_tip_above_the_cap) {
    const auto typed = one_of_each();
    const Eip1559Fees wrong{wei(1), wei(2)};
    EXPECT_EQ(replaced(typed[2], wrong).error().reason, "E_FEES");
    EXPECT_EQ(replaced(typed[3], BlobFees{wrong, wei(1)}).error().reason, "E_FEES");
    EXPECT_EQ(replaced(typed[4], wrong).error().reason, "E_FEES");
}

TEST(cancellation, sends_nothing_to_the_sender_with_the_same_nonce_and_fees) {
    Address sender;
    sender.bytes.fill(0x51);
    for (const auto& transaction : one_of_each()) {
        if (type_of(transaction) == TransactionType::eip4844) continue;
        const auto made = cancellation(transaction, sender, Gas{21'000});
        ASSERT_TRUE(made.has_value()) << made.error().detail;
        EXPECT_EQ(chain_id(*made), chain_id(transaction));
        EXPECT_EQ(nonce(*made), nonce(transaction));
        EXPECT_EQ(to(*made), sender);
        EXPECT_EQ(value(*made), Wei{});
        EXPECT_TRUE(data(*made).empty());
        EXPECT_TRUE(access_list(*made).empty());
        EXPECT_EQ(gas_limit(*made), Gas{21'000});
        EXPECT_EQ(fees_of(*made), fees_of(transaction));
        EXPECT_TRUE(decode_unsigned(encode_unsigned(*made)).has_value());
    }
}

TEST(cancellation, sets_no_code) {
    const auto made = cancellation(one_of_each()[4], Address{}, Gas{21'000});
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(type_of(*made), TransactionType::eip1559);
}

TEST(cancellation, of_blobs_is_refused_with_a_code_of_its_own) {
    const auto made = cancellation(one_of_each()[3], Address{}, Gas{21'000});
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, ErrorCode::unsupported);
    EXPECT_EQ(made.error().reason, "E_CANCEL_BLOB");
}

}  // namespace
}  // namespace chela::chains::fees
