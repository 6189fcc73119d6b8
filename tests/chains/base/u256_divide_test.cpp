#include "chains/base/u256.hpp"
#include "tests/chains/base/oracle.hpp"

#include <gtest/gtest.h>

namespace chela {
namespace {

using test::edges;
using test::fits;
using test::Numbers;
using test::Oracle;
using test::to_oracle;

void check(const U256& a, const U256& b) {
    if (b.is_zero()) return;
    const auto [quotient, remainder] = divide(a, b);
    ASSERT_EQ(to_oracle(quotient), to_oracle(a) / to_oracle(b))
        << to_oracle(a) << " / " << to_oracle(b);
    ASSERT_EQ(to_oracle(remainder), to_oracle(a) % to_oracle(b))
        << to_oracle(a) << " % " << to_oracle(b);
}

TEST(u256_divide_wide, agrees_with_the_oracle_on_every_pair_of_edges) {
    for (const U256& a : edges()) {
        for (const U256& b : edges())
            check(a, b);
    }
}

TEST(u256_divide_wide, agrees_with_the_oracle_on_random_pairs) {
    Numbers numbers{31};
    for (int i = 0; i < 5000; ++i)
        check(numbers.u256(), numbers.u256());
}

// A digit is guessed too large, and corrected, mostly when limbs are all ones or all zeros.
TEST(u256_divide_wide, agrees_with_the_oracle_where_a_guessed_digit_is_too_large) {
    const std::vector<std::uint64_t> limbs{0, 1, 1ULL << 63U, (1ULL << 63U) - 1, ~0ULL - 1, ~0ULL};
    std::vector<U256> all;
    for (const auto a : limbs) {
        for (const auto b : limbs) {
            for (const auto c : limbs) {
                for (const auto d : limbs)
                    all.push_back(U256{{a, b, c, d}});
            }
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i % 61; j < all.size(); j += 61)
            check(all[i], all[j]);
    }
}

TEST(u256_divide_wide, gives_back_the_factors_of_a_product) {
    Numbers numbers{32};
    int products = 0;
    for (int i = 0; i < 5000; ++i) {
        const U256 a = numbers.u256();
        const U256 b = numbers.u256();
        const auto product = multiply(a, b);
        if (!product || b.is_zero()) continue;
        ++products;
        EXPECT_EQ(divide(*product, b).quotient, a);
        EXPECT_TRUE(divide(*product, b).remainder.is_zero());
    }
    EXPECT_GT(products, 1000);
}

TEST(u256_divide_wide_death, by_zero_is_a_bug_of_ours) {
    EXPECT_DEATH(static_cast<void>(divide(U256{1}, U256{})), "division of a U256 by zero");
    EXPECT_DEATH(static_cast<void>(divide(U256::max(), U256{})), "division of a U256 by zero");
    EXPECT_DEATH(static_cast<void>(divide(U256{}, U256{})), "division of a U256 by zero");
}

TEST(u256_bit_length, is_the_position_of_the_highest_bit) {
    EXPECT_EQ(bit_length(U256{}), 0U);
    EXPECT_EQ(bit_length(U256::max()), 256U);
    for (unsigned bit = 0; bit < 256; ++bit) {
        const U256 power = shift_left(U256{1}, bit).value();
        EXPECT_EQ(to_oracle(power), Oracle{1} << bit);
        EXPECT_EQ(bit_length(power), bit + 1);
        if (bit > 0) {
            EXPECT_EQ(bit_length(subtract(power, U256{1}).value()), bit);
        }
    }
}

TEST(u256_shift, agrees_with_the_oracle_by_every_number_of_bits) {
    Numbers numbers{33};
    std::vector<U256> all = edges();
    for (int i = 0; i < 100; ++i)
        all.push_back(numbers.u256());
    for (const U256& value : all) {
        for (const unsigned bits :
             {0U, 1U, 63U, 64U, 65U, 127U, 128U, 191U, 192U, 255U, 256U, 257U, 1000U}) {
            const Oracle wide = to_oracle(value) << bits;
            const auto left = shift_left(value, bits);
            ASSERT_EQ(left.has_value(), fits(wide)) << wide;
            if (left) {
                EXPECT_EQ(to_oracle(*left), wide);
            } else {
                EXPECT_EQ(left.error().code, ErrorCode::out_of_range);
            }
            EXPECT_EQ(to_oracle(shift_right(value, bits)), to_oracle(value) >> bits);
        }
    }
}

}  // namespace
}  // namespace chela
