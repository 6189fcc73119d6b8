#include "chains/fees/estimate.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace chela::chains::fees {
namespace {

Wei wei(std::uint64_t amount) {
    return Wei{U256{amount}};
}

node::FeeHistory history(std::vector<std::uint64_t> base_fees, std::vector<std::uint64_t> tips) {
    node::FeeHistory out;
    for (const auto fee : base_fees)
        out.base_fees.push_back(wei(fee));
    for (const auto tip : tips)
        out.tips.push_back(wei(tip));
    return out;
}

TEST(estimate, takes_the_middle_tip_and_twice_the_next_base_fee) {
    const auto fees = estimate(history({9, 9, 9, 100}, {30, 10, 20}), wei(1));
    ASSERT_TRUE(fees);
    EXPECT_EQ(fees->max_priority_fee_per_gas, wei(20));
    EXPECT_EQ(fees->max_fee_per_gas, wei(220));
}

TEST(estimate, takes_the_mean_of_two_middle_tips_rounded_down) {
    EXPECT_EQ(estimate(history({1}, {10, 21, 1, 90}), wei(1))->max_priority_fee_per_gas, wei(15));
}

TEST(estimate, empty_blocks_do_not_pull_the_tip_down) {
    EXPECT_EQ(estimate(history({1}, {0, 0, 0, 7}), wei(1))->max_priority_fee_per_gas, wei(7));
}

TEST(estimate, never_tips_below_the_minimum) {
    EXPECT_EQ(estimate(history({100}, {1, 1, 1}), wei(5))->max_priority_fee_per_gas, wei(5));
    const auto quiet = estimate(history({100}, {0, 0}), wei(5));
    ASSERT_TRUE(quiet);
    EXPECT_EQ(quiet->max_priority_fee_per_gas, wei(5));
    EXPECT_EQ(quiet->max_fee_per_gas, wei(205));
}

TEST(estimate, works_without_any_tip) {
    EXPECT_EQ(estimate(history({0}, {}), wei(0))->max_fee_per_gas, wei(0));
}

TEST(estimate, the_mean_of_two_huge_tips_does_not_overflow) {
    node::FeeHistory huge = history({0}, {});
    huge.tips = {Wei{U256::max()}, Wei{U256::max()}};
    EXPECT_EQ(estimate(huge, wei(1))->max_priority_fee_per_gas, Wei{U256::max()});
}

TEST(estimate, refuses_an_empty_history) {
    const auto fees = estimate(history({}, {1}), wei(1));
    ASSERT_FALSE(fees);
    EXPECT_EQ(fees.error().code, ErrorCode::bad_response);
}

TEST(estimate, refuses_what_does_not_fit_256_bits) {
    node::FeeHistory doubled = history({1}, {1});
    doubled.base_fees.back() = Wei{U256::max()};
    node::FeeHistory summed = history({1}, {1});
    summed.tips = {Wei{U256::max()}};
    for (const auto& too_much : {doubled, summed}) {
        const auto fees = estimate(too_much, wei(1));
        ASSERT_FALSE(fees);
        EXPECT_EQ(fees.error().code, ErrorCode::out_of_range);
    }
}

TEST(with_headroom, leaves_a_plain_transfer_alone) {
    EXPECT_EQ(with_headroom(Gas{21'000}), Gas{21'000});
}

TEST(with_headroom, adds_a_fifth_rounded_up) {
    EXPECT_EQ(with_headroom(Gas{100'000}), Gas{120'000});
    EXPECT_EQ(with_headroom(Gas{21'001}), Gas{25'202});
    EXPECT_EQ(with_headroom(Gas{0}), Gas{0});
}

TEST(with_headroom, stops_at_the_largest_limit) {
    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(with_headroom(Gas{kMax}), Gas{kMax});
    EXPECT_EQ(with_headroom(Gas{kMax / 6 * 5 + 5}), Gas{kMax});
}

TEST(intrinsic_gas, counts_the_transaction_and_its_bytes) {
    const Bytes data{0, 0, 1, 2, 3};
    EXPECT_EQ(intrinsic_gas(false, {}), Gas{21'000});
    EXPECT_EQ(intrinsic_gas(false, data), Gas{21'000 + 2 * 4 + 3 * 16});
}

TEST(intrinsic_gas, a_creation_pays_for_itself_and_each_word_of_initcode) {
    EXPECT_EQ(intrinsic_gas(true, {}), Gas{53'000});
    EXPECT_EQ(intrinsic_gas(true, Bytes(32, 1)), Gas{53'000 + 32 * 16 + 2});
    EXPECT_EQ(intrinsic_gas(true, Bytes(33, 1)), Gas{53'000 + 33 * 16 + 4});
}

}  // namespace
}  // namespace chela::chains::fees
