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

void expect_matches(const Result<U256>& actual, const Oracle& expected) {
    ASSERT_EQ(actual.has_value(), fits(expected)) << expected;
    if (actual) {
        EXPECT_EQ(to_oracle(*actual), expected);
    } else {
        EXPECT_EQ(actual.error().code, ErrorCode::out_of_range);
    }
}

void check_pair(const U256& a, const U256& b) {
    const Oracle x = to_oracle(a);
    const Oracle y = to_oracle(b);
    expect_matches(add(a, b), x + y);
    expect_matches(subtract(a, b), x - y);
    expect_matches(multiply(a, b), x * y);
    EXPECT_EQ(a < b, x < y);
    EXPECT_EQ(a == b, x == y);
    EXPECT_EQ(a > b, x > y);
}

void check_division(const U256& a, std::uint64_t divisor) {
    const auto [quotient, remainder] = divide(a, divisor);
    EXPECT_EQ(to_oracle(quotient), to_oracle(a) / divisor);
    EXPECT_EQ(Oracle{remainder}, to_oracle(a) % divisor);
}

TEST(u256_arithmetic, agrees_with_the_oracle_on_every_pair_of_edges) {
    for (const U256& a : edges()) {
        for (const U256& b : edges())
            check_pair(a, b);
    }
}

TEST(u256_arithmetic, agrees_with_the_oracle_on_random_pairs) {
    Numbers numbers{1};
    for (int i = 0; i < 5000; ++i)
        check_pair(numbers.u256(), numbers.u256());
}

TEST(u256_arithmetic, refuses_exactly_at_the_border) {
    EXPECT_EQ(add(U256::max(), U256{}).value(), U256::max());
    EXPECT_FALSE(add(U256::max(), U256{1}));
    EXPECT_FALSE(subtract(U256{}, U256{1}));
    EXPECT_EQ(subtract(U256{}, U256{}).value(), U256{});
    const U256 two_to_128{{0, 0, 1, 0}};
    EXPECT_FALSE(multiply(two_to_128, two_to_128));
    const U256 below_two_to_128{{~0ULL, ~0ULL, 0, 0}};
    EXPECT_TRUE(multiply(below_two_to_128, two_to_128));
}

TEST(u256_divide, agrees_with_the_oracle) {
    Numbers numbers{2};
    for (const U256& a : edges()) {
        for (const std::uint64_t divisor : {1ULL, 2ULL, 10ULL, 1ULL << 63U, ~0ULL}) {
            check_division(a, divisor);
        }
    }
    for (int i = 0; i < 5000; ++i)
        check_division(numbers.u256(), numbers.uint64() | 1U);
}

TEST(u256_divide_death, by_zero_is_a_bug_of_ours) {
    EXPECT_DEATH(static_cast<void>(divide(U256{1}, 0)), "division of a U256 by zero");
}

TEST(u256_big_endian, round_trips) {
    Numbers numbers{3};
    for (int i = 0; i < 1000; ++i) {
        const U256 value = numbers.u256();
        EXPECT_EQ(U256::from_big_endian(value.to_big_endian()).value(), value);
    }
}

TEST(u256_big_endian, puts_the_most_significant_byte_first) {
    const auto bytes = U256{0x0102}.to_big_endian();
    EXPECT_EQ(bytes[31], 0x02);
    EXPECT_EQ(bytes[30], 0x01);
    EXPECT_EQ(bytes[0], 0x00);
    EXPECT_EQ(U256::from_big_endian(Bytes{0x01, 0x02, 0x03}).value(), U256{0x010203});
}

TEST(u256_big_endian, reads_no_bytes_as_zero) {
    EXPECT_EQ(U256::from_big_endian({}).value(), U256{});
}

TEST(u256_big_endian, refuses_33_bytes_even_when_they_are_zero) {
    EXPECT_TRUE(U256::from_big_endian(Bytes(32, 0xff)));
    const auto refused = U256::from_big_endian(Bytes(33, 0x00));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_range);
}

TEST(u256_to_uint64, gives_a_value_only_when_it_fits) {
    EXPECT_EQ(U256{~0ULL}.to_uint64(), ~0ULL);
    EXPECT_EQ(U256{}.to_uint64(), 0U);
    EXPECT_EQ((U256{{0, 1, 0, 0}}.to_uint64()), std::nullopt);
    EXPECT_EQ((U256{{5, 0, 1, 0}}.to_uint64()), std::nullopt);
    EXPECT_EQ((U256{{5, 0, 0, 1}}.to_uint64()), std::nullopt);
}

}  // namespace
}  // namespace chela
