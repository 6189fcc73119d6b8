#include "chains/abi/decode.hpp"
#include "chains/abi/encode.hpp"
#include "chains/abi/signature.hpp"
#include "chains/base/hex.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::chains::abi {
namespace {

using List = Value::List;

Value number(std::uint64_t value) {
    return {U256{value}};
}
Value bytes(const std::string& text) {
    return {Bytes{text.begin(), text.end()}};
}
Value text(const std::string& value) {
    return {value};
}
Value list(List values) {
    return {std::move(values)};
}
std::string word(const std::string& digits) {
    return std::string(64 - digits.size(), '0') + digits;
}
std::string padded(const std::string& digits) {
    return digits + std::string(64 - digits.size(), '0');
}

void expect_call(const std::string& signature, const List& values, const std::string& hex) {
    const auto parsed = parse_signature(signature).value();
    const auto encoded = encode_call(parsed, values);
    ASSERT_TRUE(encoded.has_value()) << encoded.error().detail;
    EXPECT_EQ(to_hex(*encoded), "0x" + hex);
    const auto decoded = decode_call(parsed, *encoded);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    EXPECT_EQ(*decoded, values);
}

// Source: Solidity ABI specification, "Examples" and "Use of Dynamic Types".
TEST(abi_codec, gives_the_examples_of_the_specification) {
    expect_call("baz(uint32,bool)", {number(69), {true}}, "cdcd77c0" + word("45") + word("1"));
    expect_call(
        "bar(bytes3[2])", {list({bytes("abc"), bytes("def")})},
        "fce353f6" + padded("616263") + padded("646566"));
    expect_call(
        "sam(bytes,bool,uint256[])",
        {bytes("dave"), {true}, list({number(1), number(2), number(3)})},
        "a5643bf2" + word("60") + word("1") + word("a0") + word("4") + padded("64617665") +
            word("3") + word("1") + word("2") + word("3"));
    expect_call(
        "f(uint256,uint32[],bytes10,bytes)",
        {number(0x123), list({number(0x456), number(0x789)}), bytes("1234567890"),
         bytes("Hello, world!")},
        "8be65246" + word("123") + word("80") + padded("31323334353637383930") + word("e0") +
            word("2") + word("456") + word("789") + word("d") +
            padded("48656c6c6f2c20776f726c6421"));
    expect_call(
        "g(uint256[][],string[])",
        {list({list({number(1), number(2)}), list({number(3)})}),
         list({text("one"), text("two"), text("three")})},
        "2289b18c" + word("40") + word("140") + word("2") + word("40") + word("a0") + word("2") +
            word("1") + word("2") + word("1") + word("3") + word("3") + word("60") + word("a0") +
            word("e0") + word("3") + padded("6f6e65") + word("3") + padded("74776f") + word("5") +
            padded("7468726565"));
}

TEST(abi_codec, encodes_numbers_at_their_limits) {
    const auto least = I256::from_magnitude(Sign::negative, U256{128}).value();
    expect_call(
        "f(int8,uint256,address)", {{least}, {U256::max()}, {Address{{0xff}}}},
        to_hex(selector(parse_signature("f(int8,uint256,address)").value())).substr(2) +
            std::string(62, 'f') + "80" + std::string(64, 'f') + word("ff" + std::string(38, '0')));
}

TEST(abi_codec, nothing_and_empty_values_survive) {
    const auto none = parse_signature("f()").value();
    EXPECT_EQ(encode_call(none, {})->size(), 4U);
    EXPECT_TRUE(decode_call(none, *encode_call(none, {}))->empty());
    const std::vector<Type> types{*parse_type("uint8[][]"), *parse_type("(string,bytes)")};
    const List values{list({}), list({text(""), bytes("")})};
    EXPECT_EQ(decode(types, *encode(types, values)).value(), values);
}

TEST(abi_codec, refuses_values_that_are_not_of_their_type) {
    const auto refuses = [](const std::string& type, const Value& value, const std::string& where) {
        const std::vector<Type> types{*parse_type(type)};
        const auto encoded = encode(types, List{value});
        ASSERT_FALSE(encoded.has_value()) << type;
        EXPECT_EQ(encoded.error().reason, "E_ABI_TYPE_MISMATCH");
        EXPECT_TRUE(encoded.error().detail.starts_with("ABI argument " + where + ":"))
            << encoded.error().detail;
    };
    refuses("uint8", number(256), "0");
    refuses("uint256", {I256{}}, "0");
    refuses("int8", {I256::from_word(U256{128})}, "0");
    refuses("int8", number(1), "0");
    refuses("address", number(1), "0");
    refuses("bool", number(1), "0");
    refuses("bytes4", bytes("abc"), "0");
    refuses("bytes", text("abc"), "0");
    refuses("string", bytes("abc"), "0");
    refuses("string", text("\xff"), "0");
    refuses("uint8[2]", list({number(1)}), "0");
    refuses("uint8[]", list({number(1), number(256)}), "0.1");
    refuses("(bool,uint8[])", list({{true}, list({text("a")})}), "0.1.0");
    refuses("(bool,bool)", list({{true}}), "0");
    EXPECT_FALSE(encode(std::vector<Type>{}, List{number(1)}).has_value());
}

TEST(abi_codec, refuses_the_call_of_another_function) {
    const auto transfer = parse_signature("transfer(address,uint256)").value();
    for (const char* const data : {"0x", "0xa9059c", "0x095ea7b3"}) {
        EXPECT_EQ(decode_call(transfer, *parse_hex(data)).error().reason, "E_ABI_SELECTOR");
    }
}

}  // namespace
}  // namespace chela::chains::abi
