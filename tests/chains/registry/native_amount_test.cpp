#include "chains/registry/native_amount.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

TEST(native_amount, is_a_number_and_the_chains_own_symbol) {
    EXPECT_EQ(parse_native_amount("0.01 ETH", "ETH"), Wei{U256{10'000'000'000'000'000U}});
    EXPECT_EQ(parse_native_amount("2 POL", "POL"), Wei{U256{2'000'000'000'000'000'000U}});
}

TEST(native_amount, is_never_read_without_its_unit_or_with_another) {
    for (const char* text :
         {"", "0.01", "0.01 eth", "0.01 wei", "0.01ETH", "0.01  ETH", "ETH", "0.01 ETH ", " ETH"}) {
        const auto refused = parse_native_amount(text, "ETH");
        ASSERT_FALSE(refused.has_value()) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input) << text;
        EXPECT_NE(refused.error().detail.find("found \""), std::string::npos);
    }
}

TEST(native_amount, is_a_plain_decimal_that_fits) {
    for (const char* text :
         {"-1 ETH", "1e3 ETH", "0x10 ETH", "1,5 ETH", "0.0000000000000000001 ETH", ". ETH"})
        EXPECT_FALSE(parse_native_amount(text, "ETH").has_value()) << text;
    EXPECT_EQ(
        parse_native_amount("1" + std::string(70, '0') + " ETH", "ETH").error().code,
        ErrorCode::out_of_range);
}

TEST(native_amount, a_refusal_never_repeats_hostile_text) {
    const auto refused = parse_native_amount("\x1b[2J" + std::string(10'000, 'y'), "ETH");
    ASSERT_FALSE(refused.has_value());
    EXPECT_LT(refused.error().detail.size(), 300U);
    EXPECT_EQ(refused.error().detail.find('\x1b'), std::string::npos);
}

TEST(native_amount, is_shown_as_it_is_read) {
    for (const char* text : {"0.01 ETH", "0 ETH", "0.000000000000000001 ETH", "12 ETH"})
        EXPECT_EQ(format_native_amount(*parse_native_amount(text, "ETH"), "ETH"), text);
}

TEST(currency_symbol, is_short_and_plain) {
    for (const char* text : {"ETH", "xDAI", "S", "USDC"})
        EXPECT_TRUE(is_currency_symbol(text)) << text;
    for (const char* text : {"", "E H", "ETH\n", "€", "ABCDEFGHIJKLMNOPQ"})
        EXPECT_FALSE(is_currency_symbol(text)) << text;
}

}  // namespace
}  // namespace chela::chains
