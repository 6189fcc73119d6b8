#include "chains/base/i256.hpp"

#include <gtest/gtest.h>

namespace chela {
namespace {

const std::string kLeast =
    "-57896044618658097711785492504343953926634992332820282019728792003956564819968";
const std::string kMost =
    "57896044618658097711785492504343953926634992332820282019728792003956564819967";

I256 number(const std::string& text) {
    return parse_signed_decimal(text).value();
}

TEST(i256, keeps_numbers_as_twos_complement) {
    EXPECT_EQ(number("0").word(), U256{});
    EXPECT_EQ(number("1").word(), U256{1});
    EXPECT_EQ(number("-1").word(), U256::max());
    EXPECT_EQ(number("-2").magnitude(), U256{2});
    EXPECT_EQ(number(kLeast).word(), (U256{{0, 0, 0, 1ULL << 63U}}));
    EXPECT_EQ(number(kLeast).magnitude(), (U256{{0, 0, 0, 1ULL << 63U}}));
    EXPECT_EQ(*I256::from_magnitude(Sign::negative, U256{}), I256{});
}

TEST(i256, prints_what_it_reads) {
    for (const std::string& text :
         {std::string{"0"}, std::string{"-1"}, std::string{"255"}, kLeast, kMost}) {
        EXPECT_EQ(to_decimal(number(text)), text);
    }
}

TEST(i256, refuses_numbers_outside_256_bits) {
    const U256 half{{0, 0, 0, 1ULL << 63U}};
    EXPECT_EQ(I256::from_magnitude(Sign::positive, half).error().code, ErrorCode::out_of_range);
    for (const auto& value : {*add(half, U256{1}), U256::max()}) {
        EXPECT_EQ(
            I256::from_magnitude(Sign::negative, value).error().code, ErrorCode::out_of_range);
        EXPECT_EQ(
            I256::from_magnitude(Sign::positive, value).error().code, ErrorCode::out_of_range);
    }
}

TEST(i256, refuses_other_texts) {
    for (const char* const text :
         {"", "-", "-0", "+1", "--1", "01", "-01", " 1", "1 ", "0x1", "1e3", "1.0"}) {
        EXPECT_EQ(parse_signed_decimal(text).error().code, ErrorCode::invalid_input) << text;
    }
}

TEST(i256, knows_the_bits_a_number_needs) {
    EXPECT_TRUE(fits_bits(number("127"), 8));
    EXPECT_FALSE(fits_bits(number("128"), 8));
    EXPECT_TRUE(fits_bits(number("-128"), 8));
    EXPECT_FALSE(fits_bits(number("-129"), 8));
    EXPECT_TRUE(fits_bits(number(kLeast), 256));
    EXPECT_FALSE(fits_bits(number(kLeast), 255));
    EXPECT_TRUE(fits_bits(U256{255}, 8));
    EXPECT_FALSE(fits_bits(U256{256}, 8));
    EXPECT_TRUE(fits_bits(U256::max(), 256));
}

}  // namespace
}  // namespace chela
