#include "chains/base/u256.hpp"
#include "tests/chains/base/oracle.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela {
namespace {

using test::edges;
using test::Numbers;
using test::to_oracle;

const std::string kMax =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";
const std::string kMaxPlusOne =
    "115792089237316195423570985008687907853269984665640564039457584007913129639936";

ErrorCode refusal(const Result<U256>& result) {
    EXPECT_FALSE(result);
    return result ? ErrorCode::internal : result.error().code;
}

std::vector<U256> samples(std::uint64_t seed) {
    std::vector<U256> out = edges();
    Numbers numbers{seed};
    for (int i = 0; i < 1000; ++i)
        out.push_back(numbers.u256());
    return out;
}

TEST(u256_decimal, writes_what_the_oracle_writes_and_reads_it_back) {
    for (const U256& value : samples(11)) {
        const std::string text = to_decimal(value);
        EXPECT_EQ(text, to_oracle(value).str());
        EXPECT_EQ(parse_decimal(text).value(), value);
    }
}

TEST(u256_decimal, takes_the_largest_number_and_refuses_the_next) {
    EXPECT_EQ(parse_decimal(kMax).value(), U256::max());
    EXPECT_EQ(refusal(parse_decimal(kMaxPlusOne)), ErrorCode::out_of_range);
    EXPECT_EQ(refusal(parse_decimal(std::string(500, '9'))), ErrorCode::out_of_range);
}

TEST(u256_decimal, keeps_zeros_within_a_number) {
    for (std::size_t zeros = 0; zeros < 76; ++zeros) {
        for (const auto* first : {"1", "9"}) {
            for (const auto* last : {"0", "7"}) {
                const auto text = first + std::string(zeros, '0') + last;
                const auto value = parse_decimal(text);
                ASSERT_TRUE(value.has_value()) << text;
                EXPECT_EQ(to_decimal(*value), text);
            }
        }
    }
}

TEST(u256_decimal, refuses_everything_but_plain_digits) {
    for (const char* text :
         {"", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1_000", "1,000", "1.0", "1e3", "0x1", "a",
          "1a", "\xd9\xa1", "1\n"}) {
        EXPECT_EQ(refusal(parse_decimal(text)), ErrorCode::invalid_input) << text;
    }
    EXPECT_EQ(refusal(parse_decimal(std::string_view{"1\0", 2})), ErrorCode::invalid_input);
}

TEST(u256_quantity, round_trips) {
    for (const U256& value : samples(12)) {
        EXPECT_EQ(parse_quantity(to_quantity(value)).value(), value);
    }
    EXPECT_EQ(to_quantity(U256{}), "0x0");
    EXPECT_EQ(to_quantity(U256{0x400}), "0x400");
    EXPECT_EQ(to_quantity(U256{15}), "0xf");
    EXPECT_EQ(to_quantity(U256::max()), "0x" + std::string(64, 'f'));
}

TEST(u256_quantity, reads_digits_of_either_case) {
    EXPECT_EQ(parse_quantity("0xaBcD").value(), U256{0xabcd});
}

TEST(u256_quantity, refuses_what_the_specification_calls_wrong) {
    for (const char* text :
         {"", "0", "0x", "0x00", "0x0400", "ff", "0X1", "0xg", "0x 1", "0x1 ", "-0x1", "1", "x1",
          "0x-1", "0x0x1"}) {
        EXPECT_EQ(refusal(parse_quantity(text)), ErrorCode::invalid_input) << text;
    }
    EXPECT_EQ(refusal(parse_quantity("0x1" + std::string(64, '0'))), ErrorCode::out_of_range);
}

TEST(parse_units, reads_amounts) {
    EXPECT_EQ(to_decimal(parse_units("1.5", 18).value()), "1500000000000000000");
    EXPECT_EQ(to_decimal(parse_units("0.5", 18).value()), "500000000000000000");
    EXPECT_EQ(to_decimal(parse_units("1", 18).value()), "1000000000000000000");
    EXPECT_EQ(to_decimal(parse_units("1.50", 6).value()), "1500000");
    EXPECT_EQ(parse_units("0", 18).value(), U256{});
    EXPECT_EQ(parse_units("0.000000000000000001", 18).value(), U256{1});
    EXPECT_EQ(parse_units("0.000000000000000000", 18).value(), U256{});
    EXPECT_EQ(parse_units("42", 0).value(), U256{42});
    EXPECT_EQ(parse_units("0", 4000000000U).value(), U256{});
}

TEST(parse_units, refuses_what_is_not_an_amount) {
    for (const char* text :
         {"",     ".",  ".5",    "5.",  "1e3", "+1",   "-1",   "-0",   " 1",   "1 ",  "01",
          "00.5", "00", "1.2.3", "1,5", "0x1", "1.e2", "1. 5", "1.-5", "1..5", "inf", "nan"}) {
        EXPECT_EQ(refusal(parse_units(text, 18)), ErrorCode::invalid_input) << text;
    }
}

TEST(parse_units, refuses_more_digits_than_the_unit_has_even_zeros) {
    EXPECT_EQ(refusal(parse_units("0.0000000000000000001", 18)), ErrorCode::invalid_input);
    EXPECT_EQ(refusal(parse_units("1.0000000000000000000", 18)), ErrorCode::invalid_input);
    EXPECT_EQ(refusal(parse_units("1.0", 0)), ErrorCode::invalid_input);
    EXPECT_EQ(refusal(parse_units("1.1234567", 6)), ErrorCode::invalid_input);
}

TEST(parse_units, refuses_more_than_256_bits) {
    const std::string whole = kMax.substr(0, kMax.size() - 18);
    EXPECT_EQ(parse_units(whole + "." + kMax.substr(whole.size()), 18).value(), U256::max());
    EXPECT_EQ(
        refusal(parse_units(whole + "." + kMaxPlusOne.substr(whole.size()), 18)),
        ErrorCode::out_of_range);
    EXPECT_EQ(refusal(parse_units(kMax, 18)), ErrorCode::out_of_range);
    EXPECT_EQ(refusal(parse_units("1", 78)), ErrorCode::out_of_range);
    EXPECT_EQ(refusal(parse_units("1", 4000000000U)), ErrorCode::out_of_range);
}

TEST(format_units, writes_the_shortest_text) {
    EXPECT_EQ(format_units(U256{1500000}, 6), "1.5");
    EXPECT_EQ(format_units(U256{1000000}, 6), "1");
    EXPECT_EQ(format_units(U256{1}, 6), "0.000001");
    EXPECT_EQ(format_units(U256{}, 18), "0");
    EXPECT_EQ(format_units(U256{100}, 0), "100");
    EXPECT_EQ(format_units(U256{100}, 2), "1");
    EXPECT_EQ(format_units(U256{10}, 2), "0.1");
}

TEST(format_units, is_read_back_by_parse_units) {
    for (const unsigned decimals : {0U, 1U, 6U, 18U, 77U, 78U, 255U}) {
        for (const U256& value : samples(13)) {
            EXPECT_EQ(parse_units(format_units(value, decimals), decimals).value(), value);
        }
    }
}

}  // namespace
}  // namespace chela
