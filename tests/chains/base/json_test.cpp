#include "chains/base/json.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela {
namespace {

using std::string_literals::operator""s;

std::string refusal(std::string_view text, JsonLimits limits = {}) {
    const auto refused = parse_json(text, limits);
    if (refused) return "accepted";
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
    EXPECT_NE(refused.error().detail.find("at byte "), std::string::npos);
    return refused.error().reason;
}

std::string nested(std::size_t depth) {
    std::string out;
    for (std::size_t i = 0; i < depth; ++i)
        out += i % 2 == 0 ? "[" : R"({"a":)";
    out += "1";
    for (std::size_t i = depth; i-- > 0;)
        out += i % 2 == 0 ? "]" : "}";
    return out;
}

TEST(parse_json, reads_every_kind_of_value) {
    const auto json = parse_json(
        " {\"n\":null,\"b\":[true,false],\"i\":-7,\"u\":7,\"f\":1.5,\"e\":1e3,\"s\":\"x\\n\",\"o\":"
        "{\"a\":{}},\"l\":[]}\r\n\t");
    ASSERT_TRUE(json);
    EXPECT_EQ(
        *json, (Json{
                   {"n", nullptr},
                   {"b", {true, false}},
                   {"i", -7},
                   {"u", 7},
                   {"f", 1.5},
                   {"e", 1000.0},
                   {"s", "x\n"},
                   {"o", {{"a", Json::object()}}},
                   {"l", Json::array()}}));
}

TEST(parse_json, takes_a_scalar_as_the_whole_text) {
    EXPECT_EQ(parse_json("1").value(), Json(1));
    EXPECT_EQ(parse_json("\"\"").value(), Json(""));
    EXPECT_EQ(parse_json("null").value(), Json(nullptr));
}

TEST(parse_json, keeps_every_digit_of_64_bit_integers) {
    EXPECT_EQ(parse_json("18446744073709551615").value().get<std::uint64_t>(), ~0ULL);
    EXPECT_EQ(
        parse_json("-9223372036854775808").value().get<std::int64_t>(),
        std::numeric_limits<std::int64_t>::min());
    EXPECT_TRUE(parse_json("9007199254740993").value().is_number_unsigned());
}

TEST(parse_json, refuses_integers_that_do_not_fit_64_bits) {
    for (
        const char* text :
        {"18446744073709551616", "-9223372036854775809", "[1,99999999999999999999999]",
         R"({"value":115792089237316195423570985008687907853269984665640564039457584007913129639935})"}) {
        EXPECT_EQ(refusal(text), "E_JSON_MALFORMED") << text;
    }
}

TEST(parse_json, refuses_numbers_that_are_not_finite) {
    for (const char* text :
         {"1e999", "-1e999", "[1e400]", "NaN", "Infinity", "-Infinity", "nan", "inf"}) {
        EXPECT_EQ(refusal(text), "E_JSON_MALFORMED") << text;
    }
}

TEST(parse_json, refuses_malformed_text) {
    for (const char* text :
         {"",       " ",       "{",         "}",        "[",          "]",       "[1",
          "[1,]",   "[,1]",    "{\"a\"}",   "{\"a\":}", "{\"a\":1,}", "{a:1}",   "{'a':1}",
          "{1:1}",  "01",      "+1",        "-",        ".5",         "1.",      "1e",
          "0x10",   "--1",     "tru",       "True",     "nul",        "\"",      "\"a",
          "'a'",    "\"\\x\"", "\"\\u12\"", "\"a\nb\"", "\"\x01\"",   "// c\n1", "/* c */ 1",
          "1 // c", "[1 2]",   "{\"a\" 1}"}) {
        EXPECT_EQ(refusal(text), "E_JSON_MALFORMED") << text;
    }
}

TEST(parse_json, refuses_text_after_the_value) {
    for (const std::string& text :
         {"{} {}"s, "{}x"s, "1 2"s, "null,"s, "[]]"s, "{}\0"s, "{}\0{}"s, "1\0"s}) {
        EXPECT_EQ(refusal(text), "E_JSON_MALFORMED") << text;
    }
}

TEST(parse_json, refuses_a_nul_and_a_byte_order_mark) {
    EXPECT_EQ(refusal("\0"s), "E_JSON_MALFORMED");
    EXPECT_EQ(refusal("\"a\0b\""s), "E_JSON_MALFORMED");
    EXPECT_EQ(refusal("\xef\xbb\xbf{}"), "E_JSON_MALFORMED");
}

TEST(parse_json, refuses_invalid_utf8_and_lone_surrogates) {
    for (const char* text :
         {"\"\xff\"", "\"\xc0\xaf\"", "\"\xe0\x80\xaf\"", "\"\xed\xa0\x80\"",
          "\"\xf4\x90\x80\x80\"", "\"\xc3\"", "\"\x80\"", "{\"\xff\":1}", "\"\\ud800\"",
          "\"\\udc00\"", "\"\\ud800\\u0041\"", "\xc3\xa4"}) {
        EXPECT_EQ(refusal(text), "E_JSON_MALFORMED") << text;
    }
}

TEST(parse_json, reads_unicode_in_either_form) {
    EXPECT_EQ(parse_json("\"\xc3\xa4\"").value(), parse_json(R"("\u00e4")").value());
    EXPECT_EQ(parse_json(R"("\ud83e\udd80")").value(), Json("\xf0\x9f\xa6\x80"));
    EXPECT_EQ(parse_json(R"("\u0000")").value(), Json("\0"s));
}

TEST(parse_json, refuses_a_key_twice_in_one_object) {
    for (const char* text :
         {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"({"x":{"a":1,"a":2}})",
          R"([{"a":[],"a":[]}])", R"({"a":1,"\u0061":2})", R"({"":1,"":2})",
          R"({"a":null,"a":1})"}) {
        EXPECT_EQ(refusal(text), "E_JSON_DUPLICATE_KEY") << text;
    }
}

TEST(parse_json, takes_the_same_key_in_different_objects) {
    EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":{"a":2}})"));
    EXPECT_TRUE(parse_json(R"([{"a":1},{"a":2}])"));
    EXPECT_TRUE(parse_json(R"({"a":1,"A":2})"));
}

TEST(parse_json, refuses_the_first_level_over_the_limit) {
    EXPECT_TRUE(parse_json(nested(32)));
    EXPECT_EQ(refusal(nested(33)), "E_JSON_DEPTH");
    EXPECT_TRUE(parse_json(nested(3), {.max_depth = 3}));
    EXPECT_EQ(refusal(nested(4), {.max_depth = 3}), "E_JSON_DEPTH");
    EXPECT_TRUE(parse_json("1", {.max_depth = 0}));
    EXPECT_EQ(refusal("[]", {.max_depth = 0}), "E_JSON_DEPTH");
    EXPECT_EQ(refusal(std::string(1000000, '[')), "E_JSON_DEPTH");
}

TEST(parse_json, counts_depth_and_not_the_number_of_containers) {
    std::string siblings = "[";
    for (int i = 0; i < 200; ++i)
        siblings += "[],{},";
    EXPECT_TRUE(parse_json(siblings + "[]]", {.max_depth = 2}));
}

TEST(parse_json, never_quotes_the_text_in_an_error) {
    for (const char* text :
         {R"({"hunter2":"hunter2" hunter2})", R"({"hunter2":1,"hunter2":2})", R"("hunter2)",
          R"(["hunter2)", "hunter2", "[[\"hunter2\", 7777777777777777777777]]"}) {
        const auto refused = parse_json(text, {.max_depth = 1});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().detail.find("hunter2"), std::string::npos)
            << refused.error().detail;
        EXPECT_EQ(refused.error().detail.find("7777"), std::string::npos) << refused.error().detail;
    }
}

TEST(parse_json, names_the_byte_position) {
    EXPECT_NE(parse_json(R"({"a":1,"a":2})").error().detail.find("byte 10:"), std::string::npos)
        << parse_json(R"({"a":1,"a":2})").error().detail;
    EXPECT_NE(parse_json("[1,}").error().detail.find("byte 4:"), std::string::npos)
        << parse_json("[1,}").error().detail;
}

TEST(parse_json, keeps_big_integers_as_text_where_that_is_asked_for) {
    const JsonLimits limits{.max_depth = 4, .big_integers = BigIntegers::as_text};
    const std::string digits(78, '9');
    const auto json = parse_json(
        R"({"big":)" + digits + R"(,"negative":-)" + digits + R"(,"small":7,"real":1.5e3})",
        limits);
    ASSERT_TRUE(json) << json.error().detail;
    EXPECT_EQ(json->at("big"), digits);
    EXPECT_EQ(json->at("negative"), "-" + digits);
    EXPECT_EQ(json->at("small"), 7);
    EXPECT_TRUE(json->at("real").is_number_float());
    EXPECT_FALSE(parse_json(digits)) << "nowhere else";
}

}  // namespace
}  // namespace chela
