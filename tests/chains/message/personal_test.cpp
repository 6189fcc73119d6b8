#include "chains/message/personal.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

Bytes text(const std::string& value) {
    return {value.begin(), value.end()};
}

TEST(personal_message, has_the_length_in_decimal_bytes) {
    EXPECT_EQ(
        personal_message_bytes({}), text("\x19"
                                         "Ethereum Signed Message:\n0"));
    EXPECT_EQ(
        personal_message_bytes(text("é")), text("\x19"
                                                "Ethereum Signed Message:\n2é"));
    EXPECT_EQ(
        personal_message_bytes(Bytes(1000, 'x')), text(
                                                      "\x19"
                                                      "Ethereum Signed Message:\n1000" +
                                                      std::string(1000, 'x')));
}

// Hashes by viem 2 hashMessage, for a text and for raw bytes.
TEST(personal_message, hashes_as_others_do) {
    EXPECT_EQ(
        to_hex(keccak256(personal_message_bytes(text("hello")))),
        "0x50b2c43fd39106bafbba0da34fc430e1f91e3c96ea2acee2bc34119f92b37750");
    EXPECT_EQ(
        to_hex(keccak256(personal_message_bytes(Bytes(32)))),
        "0x5e4106618209740b9f773a94c5667b9659a7a4e2691c7c8a78336e9889a6be07");
}

TEST(validator_message, stands_behind_the_validator) {
    const auto validator = parse_address("0x00000000000000000000000000000000000000ff");
    EXPECT_EQ(
        to_hex(validator_message_bytes(*validator, text("hi"))),
        "0x190000000000000000000000000000000000000000ff6869");
    EXPECT_EQ(
        to_hex(validator_message_bytes(*validator, {})),
        "0x190000000000000000000000000000000000000000ff");
}

}  // namespace
}  // namespace chela::chains
