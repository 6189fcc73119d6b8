#include "sidecar/api/fields.hpp"

#include "tests/sidecar/api/fixture.hpp"

namespace chela::sidecar::api {
namespace {

using test::expect_refused;
using test::json;

http::Request with_body(std::string body) {
    http::Request request;
    request.body = std::move(body);
    return request;
}

TEST(body_object, is_a_json_object_and_nothing_else) {
    const auto body = body_object(with_body(R"({"a": 1})"));
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(*body, Json({{"a", 1}}));
    for (const char* text : {"", "[]", "null", "1", "\"{}\"", "true"}) {
        const auto refused = body_object(with_body(text));
        ASSERT_FALSE(refused.has_value()) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input) << text;
        EXPECT_EQ(refused.error().reason, "E_BODY") << text;
    }
    const auto malformed = body_object(with_body("{"));
    ASSERT_FALSE(malformed.has_value());
    EXPECT_EQ(malformed.error().reason, "E_JSON_MALFORMED");
    const auto twice = body_object(with_body(R"({"to": "a", "to": "b"})"));
    ASSERT_FALSE(twice.has_value());
    EXPECT_EQ(twice.error().reason, "E_JSON_DUPLICATE_KEY");
}

TEST(fields, read_each_type) {
    Fields fields{json(
        R"({"t": "", "n": 0, "m": 18446744073709551615, "b": false, "l": ["a", ""], "e": []})")};
    EXPECT_EQ(fields.text("t"), "");
    EXPECT_EQ(fields.number("n"), 0U);
    EXPECT_EQ(fields.number("m"), 18'446'744'073'709'551'615U);
    EXPECT_EQ(fields.boolean("b"), false);
    EXPECT_EQ(fields.texts("l"), (std::vector<std::string>{"a", ""}));
    EXPECT_EQ(fields.texts("e"), std::vector<std::string>{});
    EXPECT_TRUE(fields.finish().has_value());
}

TEST(fields, take_absent_and_null_for_empty) {
    Fields fields{json(R"({"t": null, "n": null, "b": null, "l": null})")};
    EXPECT_FALSE(fields.text("t").has_value());
    EXPECT_FALSE(fields.number("n").has_value());
    EXPECT_FALSE(fields.boolean("b").has_value());
    EXPECT_FALSE(fields.texts("l").has_value());
    EXPECT_FALSE(fields.text("absent").has_value());
    EXPECT_TRUE(fields.is_null("t"));
    EXPECT_TRUE(fields.has("t"));
    EXPECT_FALSE(fields.is_null("absent"));
    EXPECT_FALSE(fields.has("absent"));
    EXPECT_TRUE(fields.finish().has_value());
}

TEST(fields, refuse_a_member_of_another_type) {
    const auto read_as = [](const std::string& type, const std::string& value) {
        Fields fields{json(R"({"member": )" + value + "}")};
        if (type == "text") EXPECT_FALSE(fields.text("member").has_value()) << value;
        if (type == "number") EXPECT_FALSE(fields.number("member").has_value()) << value;
        if (type == "boolean") EXPECT_FALSE(fields.boolean("member").has_value()) << value;
        if (type == "texts") EXPECT_FALSE(fields.texts("member").has_value()) << value;
        expect_refused(fields.finish(), ErrorCode::invalid_input, "E_FIELD_TYPE", "member");
    };
    for (const char* value : {"1", "true", "[]", "{}", R"(["a"])"})
        read_as("text", value);
    for (const char* value : {"-1", "1.0", "1e3", "\"1\"", "true", "[1]", "{}"})
        read_as("number", value);
    for (const char* value : {"0", "1", "\"true\"", "[]", "{}"})
        read_as("boolean", value);
    for (const char* value :
         {"\"a\"", "{}", "{\"a\": \"b\"}", "[1]", R"(["a", null])", R"([["a"]])", "1"}) {
        read_as("texts", value);
    }
}

TEST(fields, refuse_a_member_that_nobody_asked_for) {
    Fields fields{json(R"({"known": "a", "tx_max_valeu": "1"})")};
    EXPECT_EQ(fields.text("known"), "a");
    expect_refused(fields.finish(), ErrorCode::invalid_input, "E_UNKNOWN_FIELD", "tx_max_valeu");
}

TEST(fields, refuse_an_unknown_member_even_when_it_is_null) {
    Fields fields{json(R"({"typo": null})")};
    expect_refused(fields.finish(), ErrorCode::invalid_input, "E_UNKNOWN_FIELD", "typo");
}

TEST(fields, know_what_was_accepted_unread) {
    Fields fields{json(R"({"read_elsewhere": [1, {}]})")};
    fields.accept("read_elsewhere");
    EXPECT_TRUE(fields.finish().has_value());
}

TEST(fields, let_an_unsupported_member_only_say_nothing) {
    for (const char* value : {"null", "false", "\"\"", "[]", "{}"}) {
        Fields fields{json(R"({"later": )" + std::string{value} + "}")};
        fields.only_unset("later");
        EXPECT_TRUE(fields.finish().has_value()) << value;
    }
    for (const char* value :
         {"true", "\"a\"", "0", "1", "-1", "0.0", "[0]", "[null]", R"({"a": null})"}) {
        Fields fields{json(R"({"later": )" + std::string{value} + "}")};
        fields.only_unset("later");
        expect_refused(fields.finish(), ErrorCode::unsupported, "E_UNSUPPORTED_FIELD", "later");
    }
}

TEST(fields, keep_the_first_error) {
    Fields fields{json(R"({"a": 1, "b": "x", "c": true, "typo": 1})")};
    EXPECT_FALSE(fields.text("a").has_value());
    EXPECT_FALSE(fields.number("b").has_value());
    fields.only_unset("c");
    fields.fail_with({ErrorCode::denied, "later", "E_LATER"});
    expect_refused(
        fields.finish(), ErrorCode::invalid_input, "E_FIELD_TYPE", "a: expected a string");

    Fields own{json(R"({"typo": 1})")};
    own.fail_with({ErrorCode::too_large, "own", "E_OWN"});
    own.fail_with({ErrorCode::denied, "second", "E_SECOND"});
    expect_refused(own.finish(), ErrorCode::too_large, "E_OWN", "own");
}

TEST(fields, bound_the_callers_name_in_the_answer) {
    Json object = Json::object();
    object[std::string(100'000, 'x')] = 1;
    const auto status = Fields{object}.finish();
    expect_refused(status, ErrorCode::invalid_input, "E_UNKNOWN_FIELD", "unknown member");
    EXPECT_LT(status.error().detail.size(), 200U);
}

TEST(fields, outlive_the_object_they_read) {
    auto object = std::make_unique<Json>(json(R"({"a": "b"})"));
    Fields fields{*object};
    object.reset();
    EXPECT_EQ(fields.text("a"), "b");
}

TEST(fields, of_something_that_is_no_object_have_no_members) {
    for (const char* text : {"[]", "null", "\"a\"", "1"}) {
        Fields fields{json(text)};
        EXPECT_FALSE(fields.has("a")) << text;
        EXPECT_FALSE(fields.is_null("a")) << text;
        EXPECT_FALSE(fields.text("a").has_value()) << text;
    }
}

}  // namespace
}  // namespace chela::sidecar::api
