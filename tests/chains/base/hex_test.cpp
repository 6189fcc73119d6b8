#include "chains/base/hex.hpp"

#include <gtest/gtest.h>

namespace chela {
namespace {

TEST(to_hex, writes_two_lower_case_digits_a_byte) {
    EXPECT_EQ(to_hex(BytesView{}), "0x");
    EXPECT_EQ(to_hex(Bytes{0x00, 0x0a, 0xa0, 0xff}), "0x000aa0ff");
    EXPECT_EQ(to_hex(Address{}), "0x" + std::string(40, '0'));
}

TEST(parse_hex, reads_digits_of_either_case) {
    EXPECT_EQ(parse_hex("0xAbcDEf09").value(), (Bytes{0xab, 0xcd, 0xef, 0x09}));
    EXPECT_EQ(parse_hex("0x").value(), Bytes{});
}

TEST(parse_hex, round_trips_every_byte) {
    Bytes all;
    for (unsigned byte = 0; byte < 256; ++byte)
        all.push_back(static_cast<std::uint8_t>(byte));
    EXPECT_EQ(parse_hex(to_hex(all)).value(), all);
}

TEST(parse_hex, refuses_every_character_that_is_no_digit) {
    for (unsigned c = 0; c < 256; ++c) {
        const std::string text{'0', 'x', '1', static_cast<char>(c)};
        const std::string digits = "0123456789abcdefABCDEF";
        EXPECT_EQ(
            parse_hex(text).has_value(), digits.find(static_cast<char>(c)) != std::string::npos)
            << c;
    }
}

TEST(parse_hex, refuses_a_wrong_shape) {
    for (const char* text :
         {"", "0", "x", "00", "0X00", " 0x00", "0x0", "0x000", "0x0x", "0x 0", "0x00 "}) {
        const auto refused = parse_hex(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input) << text;
    }
}

TEST(parse_hex, names_the_position_of_the_problem) {
    EXPECT_NE(parse_hex("0x00g0").error().detail.find("position 4"), std::string::npos);
    EXPECT_NE(parse_hex("0x000").error().detail.find("position 5"), std::string::npos);
}

TEST(parse_fixed, takes_exactly_its_size) {
    EXPECT_EQ(parse_fixed<Address>("0x" + std::string(39, '0') + "7").value().bytes[19], 7);
    EXPECT_FALSE(parse_fixed<Address>("0x" + std::string(38, '0')));
    EXPECT_FALSE(parse_fixed<Address>("0x" + std::string(42, '0')));
    EXPECT_FALSE(parse_fixed<Address>("0x"));
    EXPECT_FALSE(parse_fixed<Address>(std::string(40, '0')));
}

}  // namespace
}  // namespace chela
