#include "chains/message/typed_data.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "tests/chains/message/mail.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

using test::mail;

std::string hash_of(const Json& json) {
    const auto data = read_typed_data(json);
    return data ? to_hex(keccak256(data->bytes())) : data.error().detail;
}

constexpr std::string_view kMailHash =
    "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2";

// Source: EIP-712, "Test Cases" (Example.js).
TEST(typed_data, gives_the_values_of_the_standards_example) {
    const auto data = parse_typed_data(mail().dump()).value();
    EXPECT_EQ(
        data.types().encode_type("Mail"),
        "Mail(Person from,Person to,string contents)Person(string name,address wallet)");
    EXPECT_EQ(
        to_hex(data.types().type_hash("Mail")),
        "0xa0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2");
    EXPECT_EQ(
        to_hex(data.struct_hash()),
        "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
    EXPECT_EQ(
        to_hex(data.domain_separator()),
        "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
    EXPECT_EQ(data.bytes().size(), 66U);
    EXPECT_EQ(to_hex(keccak256(data.bytes())), kMailHash);
}

TEST(typed_data, tells_the_values_to_a_reader) {
    const auto data = read_typed_data(mail()).value();
    EXPECT_EQ(data.primary_type(), "Mail");
    EXPECT_EQ(data.domain().name, "Ether Mail");
    EXPECT_EQ(data.domain().version, "1");
    EXPECT_EQ(data.domain().chain_id, U256{1});
    EXPECT_EQ(
        data.domain().verifying_contract,
        *parse_address("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"));
    EXPECT_FALSE(data.domain().salt.has_value());
    const TypedValue* const to = data.message().member("to");
    ASSERT_NE(to, nullptr);
    EXPECT_EQ(to->type, "Person");
    EXPECT_EQ(*to->member("name")->as<std::string>(), "Bob");
    EXPECT_EQ(
        *to->member("wallet")->as<Address>(),
        *parse_address("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"));
    EXPECT_EQ(to->member("Name"), nullptr);
    EXPECT_EQ(to->member("name")->member("name"), nullptr);
    EXPECT_EQ(to->as<U256>(), nullptr);
    EXPECT_EQ(data.types().encode_type("Letter"), "");
    EXPECT_EQ(data.types().find("Letter"), nullptr);
}

TEST(typed_data, declares_the_domain_itself_when_the_text_does_not) {
    Json json = mail();
    json["types"].erase("EIP712Domain");
    EXPECT_EQ(hash_of(json), kMailHash);
    EXPECT_EQ(
        read_typed_data(json)->types().encode_type("EIP712Domain"),
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
}

TEST(typed_data, every_way_to_write_a_number_gives_the_same_bytes) {
    Json json = mail();
    for (const auto& one :
         {Json(1), Json("1"), Json("0x1"), Json("0x01"), Json("0x" + std::string(64, '0') + "1")}) {
        json["domain"]["chainId"] = one;
        EXPECT_EQ(hash_of(json), kMailHash) << one;
    }
}

// Hashes by viem 2.x hashTypedData and ethers 6.x TypedDataEncoder, which agree.
TEST(typed_data, hashes_every_type_at_its_limits) {
    const auto json = parse_json(R"({"types":{"All":[
        {"name":"u8","type":"uint8"},{"name":"u256","type":"uint256"},{"name":"i8","type":"int8"},
        {"name":"i256","type":"int256"},{"name":"b","type":"bool"},{"name":"a","type":"address"},
        {"name":"s","type":"string"},{"name":"d","type":"bytes"},{"name":"b4","type":"bytes4"},
        {"name":"b32","type":"bytes32"},{"name":"fixed2","type":"uint16[2]"},
        {"name":"grid","type":"int24[2][]"},{"name":"names","type":"string[]"},
        {"name":"p","type":"Person"},{"name":"ps","type":"Person[]"}],
        "Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}]},
        "primaryType":"All",
        "domain":{"name":"Ünïcode 🦀","chainId":5,
            "salt":"0xabababababababababababababababababababababababababababababababab"},
        "message":{"u8":255,
            "u256":"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff","i8":-128,
            "i256":"-57896044618658097711785492504343953926634992332820282019728792003956564819968",
            "b":true,"a":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","s":"naïve ☃ 𝄞",
            "d":"0xdeadbeef","b4":"0x01020304",
            "b32":"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "fixed2":[1,65535],"grid":[[-1,8388607],[-8388608,0]],"names":["","a"],
            "p":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"ps":[]}})");
    EXPECT_EQ(hash_of(*json), "0x70e0c96ed3e66a9d1b760ab9c7484058bf218e11bc100646d21df0ca62387559");
    const auto data = read_typed_data(*json).value();
    const auto& grid = *data.message().member("grid");
    EXPECT_EQ(grid.type, "int24[2][]");
    EXPECT_EQ(grid.as<TypedValue::List>()->front().type, "int24[2]");
    EXPECT_EQ(grid.as<TypedValue::List>()->front().as<TypedValue::List>()->front().type, "int24");
    EXPECT_TRUE(data.domain().salt.has_value());
}

// Hash by viem 2.x; ethers refuses recursive types.
TEST(typed_data, a_struct_may_hold_itself_in_a_dynamic_array) {
    const auto json = parse_json(R"({"types":{"Node":[{"name":"value","type":"uint256"},
        {"name":"children","type":"Node[]"}]},"primaryType":"Node",
        "domain":{"name":"Tree","version":"1"},
        "message":{"value":1,"children":[{"value":2,"children":[]},
            {"value":3,"children":[{"value":4,"children":[]}]}]}})");
    EXPECT_EQ(hash_of(*json), "0x330b71ca9b392e5ceb1236c29ec4c0afcaca8c91d8c699cd3cfe3ea68685d707");
}

// Hash by viem 2.x hashTypedData.
TEST(typed_data, a_domain_alone_is_signed_without_a_message) {
    Json json = mail();
    json["types"].erase("Mail");
    json["types"].erase("Person");
    json["primaryType"] = "EIP712Domain";
    json["message"] = Json::object();
    const std::string expected =
        "0xaa83c70305ec6c131e7a88f258c40813447bec8b9bcef94e5479603d9959da07";
    EXPECT_EQ(hash_of(json), expected);
    EXPECT_EQ(read_typed_data(json)->bytes().size(), 34U);
    json.erase("message");
    EXPECT_EQ(hash_of(json), expected);
}

// Hash by viem 2.x and ethers 6.x.
TEST(typed_data, a_struct_and_a_domain_may_be_empty) {
    const auto json =
        parse_json(R"({"types":{"Empty":[]},"primaryType":"Empty","domain":{},"message":{}})");
    EXPECT_EQ(hash_of(*json), "0xfed1151c69fd0f6ace56fa35f35380cf01d77d74a538056ab2b013bb0b838f25");
}

TEST(typed_data, any_subset_of_the_domain_has_the_standards_order) {
    const Json values{
        {"name", "n"},
        {"version", "v"},
        {"chainId", 1},
        {"verifyingContract", "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
        {"salt", "0x" + std::string(64, '1')}};
    const std::array<std::pair<const char*, std::string>, 5> fields{
        {{"name", "string name"},
         {"version", "string version"},
         {"chainId", "uint256 chainId"},
         {"verifyingContract", "address verifyingContract"},
         {"salt", "bytes32 salt"}}};
    for (unsigned subset = 0; subset < 32; ++subset) {
        Json json = mail();
        json["types"].erase("EIP712Domain");
        json["domain"] = Json::object();
        std::string expected;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if ((subset >> i & 1U) == 0) continue;
            json["domain"][fields[i].first] = values[fields[i].first];
            expected += (expected.empty() ? "" : ",") + fields[i].second;
        }
        const auto data = read_typed_data(json);
        ASSERT_TRUE(data.has_value()) << json["domain"];
        EXPECT_EQ(data->types().encode_type("EIP712Domain"), "EIP712Domain(" + expected + ")");
    }
}

}  // namespace
}  // namespace chela::chains
