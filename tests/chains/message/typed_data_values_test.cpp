#include "chains/message/typed_data.hpp"
#include "chains/message/typed_data_reader.hpp"
#include "tests/chains/message/refusals.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

using test::expect_refused;
using test::field;
using test::one;

TEST(typed_data_values, types_that_not_everybody_knows) {
    for (const char* const type :
         {"",        "uint",   "int",      "uint7",           "uint0",
          "uint264", "uint08", "int1",     "bytes0",          "bytes33",
          "bytes01", "byte",   "function", "fixed",           "ufixed128x18",
          "Address", "tuple",  "Other",    "address payable", " uint8",
          "mapping"}) {
        const auto refused = read_typed_data(one(type, 1));
        ASSERT_FALSE(refused.has_value()) << type;
        EXPECT_EQ(refused.error().reason, "E_TYPED_DATA_UNKNOWN_TYPE") << type;
    }
    for (const char* const type :
         {"[]", "uint8[0]", "uint8[01]", "uint8[-1]", "uint8[", "uint8]", "uint8[]x", "uint8[1",
          "uint8[ ]", "uint8[99999999999999999999]"}) {
        EXPECT_EQ(
            read_typed_data(one(type, Json::array())).error().reason, "E_TYPED_DATA_UNKNOWN_TYPE")
            << type;
    }
}

TEST(typed_data_values, types_that_contain_themselves_by_value) {
    for (const char* const type : {"One", "One[2]", "One[2][3]"}) {
        expect_refused(one(type, Json::object()), "CYCLE", "types.One");
    }
    Json json = one("Two", Json::object());
    json["types"]["Two"] = Json::array({field("y", "One[1]")});
    expect_refused(json, "CYCLE", "types.One");
    EXPECT_TRUE(read_typed_data(one("One[2][]", Json::array())).has_value());
    EXPECT_EQ(
        read_typed_data(one("One[][2]", Json::array({Json::array(), Json::array()}))).has_value(),
        true);
}

TEST(typed_data_values, numbers_outside_their_range) {
    const std::string over =
        "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    const std::string half =
        "57896044618658097711785492504343953926634992332820282019728792003956564819968";
    for (const auto& [type, value] :
         {std::pair<const char*, Json>{"uint8", 256},
          {"uint8", -1},
          {"uint8", "-1"},
          {"uint8", "0x100"},
          {"int8", 128},
          {"int8", -129},
          {"int8", "-129"},
          {"uint256", over},
          {"uint256", "0x1" + std::string(64, '0')},
          {"int256", half},
          {"int256", over},
          {"int256", "-" + half.substr(0, half.size() - 1) + "9"},
          {"uint248", "0x" + std::string(64, 'f')}}) {
        expect_refused(one(type, value), "RANGE", "message.x");
    }
    for (const auto& [type, value] :
         {std::pair<const char*, Json>{"uint8", 255},
          {"int8", -128},
          {"int8", "127"},
          {"int256", "-" + half},
          {"uint256", "0x" + std::string(64, 'f')},
          {"uint256", 9007199254740991},
          {"int64", -9007199254740991}}) {
        EXPECT_TRUE(read_typed_data(one(type, value)).has_value()) << type << value;
    }
}

TEST(typed_data_values, ambiguous_numbers) {
    for (const Json& value :
         {Json(1.0), Json(1.5), Json(1e30), Json(9007199254740992), Json(-9007199254740992),
          Json(UINT64_MAX), Json(""), Json("-"), Json("-0"), Json("+1"), Json("01"), Json("1.0"),
          Json("1e3"), Json(" 1"), Json("0x"), Json("0xg"), Json("0X1"), Json("-0x1"),
          Json("1n")}) {
        expect_refused(one("uint256", value), "NUMBER", "message.x");
    }
    expect_refused(one("int256", "0x1"), "NUMBER", "message.x");
    for (const Json& value : {Json(true), Json(nullptr), Json::array({1}), Json::object()}) {
        expect_refused(one("uint256", value), "TYPE_MISMATCH", "message.x");
    }
}

TEST(typed_data_values, values_of_another_form) {
    for (const auto& [type, value] :
         {std::pair<const char*, Json>{"bool", 1},
          {"bool", "true"},
          {"bool", nullptr},
          {"bytes", "deadbeef"},
          {"bytes", "0xabc"},
          {"bytes", "0xzz"},
          {"bytes", Json::array({1})},
          {"bytes4", "0x010203"},
          {"bytes4", "0x0102030405"},
          {"bytes32", "0x"},
          {"string", true},
          {"uint8[2]", Json::array({1})},
          {"uint8[2]", Json::array({1, 2, 3})},
          {"uint8[]", 1},
          {"uint8[]", nullptr},
          {"uint8[]", Json::object()},
          {"uint8[]", "0x01"}}) {
        expect_refused(one(type, value), "TYPE_MISMATCH", "message.x");
    }
    expect_refused(
        one("uint8[2][]", Json::array({Json::array({1, 2}), Json::array({1})})), "TYPE_MISMATCH",
        "message.x[1]");
    expect_refused(one("uint8[]", Json::array({1, 2, 300})), "RANGE", "message.x[2]");
}

TEST(typed_data_values, what_is_over_a_limit) {
    expect_refused(one("uint8[][][][][][][][][]", Json::array()), "LIMIT", "types.One[0]");
    expect_refused(one("uint8[]", std::vector<int>(kMaxValues, 1)), "LIMIT", "message.x[65534]");
    Json json = one("uint8", 1);
    for (std::size_t i = 0; i <= kMaxStructMembers; ++i)
        json["types"]["One"].push_back(field("y" + std::to_string(i), "bool"));
    expect_refused(json, "LIMIT", "types.One");
    json = one("uint8", 1);
    for (std::size_t i = 0; i < kMaxStructTypes; ++i)
        json["types"]["T" + std::to_string(i)] = Json::array();
    expect_refused(json, "LIMIT", "types");
    json = one("uint8", 1);
    json["types"]["One"].push_back(field(std::string(kMaxTypedNameText + 1, 'y'), "bool"));
    expect_refused(json, "LIMIT", "types.One[1]");
    json = one("uint8", 1);
    json["types"]["One"].push_back(field("y", std::string(kMaxTypedNameText + 1, 'T')));
    expect_refused(json, "LIMIT", "types.One[1]");
    json = one("uint8", 1);
    json["types"][std::string(kMaxTypedNameText + 1, 'T')] = Json::array();
    EXPECT_EQ(read_typed_data(json).error().reason, "E_TYPED_DATA_LIMIT");
    json = one("uint8", 1);
    for (char first = 'a'; first <= 'z'; ++first) {
        Json members = Json::array();
        for (std::size_t i = 0; i < 20; ++i)
            members.push_back(
                field(std::string(kMaxTypedNameText - 2, 'y') + std::to_string(10 + i), "bool"));
        json["types"][std::string(1, first)] = members;
    }
    expect_refused(json, "LIMIT", "types");
    Json nested = Json::array();
    for (std::size_t i = 0; i < kMaxValueDepth; ++i)
        nested = Json::array({Json{{"x", nested}}});
    const auto deep = read_typed_data(one("One[]", nested));
    EXPECT_EQ(deep.error().reason, "E_TYPED_DATA_LIMIT");
}

}  // namespace
}  // namespace chela::chains
