#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(config_document, refuses_a_key_that_is_set_twice) {
    EXPECT_EQ(
        refusal("log: {level: info}\n" + kToken + "log: {level: warn}\n"),
        "c.yaml:5: \"log\" is set twice; the first is at c.yaml:1");
    EXPECT_THAT(
        refusal(kToken + "server:\n  listen: 127.0.0.1:1\n  listen: 127.0.0.1:2\n"),
        StartsWith("c.yaml:6: \"listen\" is set twice"));
}

TEST(config_document, follows_an_alias) {
    const auto config = read(kToken + "server: {request_timeout: &t 7s, drain_timeout: *t}\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->server.drain_timeout, std::chrono::seconds{7});
}

TEST(config_document, refuses_a_merge_key) {
    EXPECT_THAT(
        refusal(kToken + "chains:\n  a: &a {chain_id: 1}\n  b:\n    <<: *a\n"),
        StartsWith("c.yaml:7: YAML merge keys (<<) are not supported"));
}

TEST(config_document, refuses_aliases_that_unfold_without_end) {
    std::string text = "a: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        text += "k" + std::to_string(i) + ": &l" + std::to_string(i) + " [";
        for (int j = 0; j < 10; ++j)
            text += (j ? ", *l" : "*l") + std::to_string(i - 1);
        text += "]\n";
    }
    EXPECT_THAT(refusal(text), HasSubstr("more settings than chela reads"));
}

TEST(config_document, refuses_what_is_nested_too_deeply) {
    EXPECT_THAT(refusal("a: &a [*a]\n"), HasSubstr("an alias inside of what it stands for"));
    std::string deep = "a: ";
    for (int i = 0; i < 20; ++i)
        deep += "[";
    for (int i = 0; i < 20; ++i)
        deep += "]";
    EXPECT_THAT(refusal(deep + "\n"), HasSubstr("nested too deeply"));
    EXPECT_THAT(refusal("a: " + std::string(100'000, '[') + "\n"), HasSubstr("not valid YAML"));
}

TEST(config_document, refuses_text_that_the_parser_would_read_for_ever) {
    EXPECT_THAT(refusal(","), StartsWith("c.yaml:"));
    EXPECT_THAT(refusal(",log: {}\n"), StartsWith("c.yaml:"));
    EXPECT_THAT(refusal("[:"), StartsWith("c.yaml:"));
}

TEST(config_document, names_the_line_of_a_syntax_error) {
    EXPECT_THAT(refusal(kToken + "\tlog: {}\n"), StartsWith("c.yaml:4: not valid YAML: "));
    EXPECT_THAT(refusal(kToken + "log: {level: info\n"), StartsWith("c.yaml:"));
    EXPECT_THAT(refusal("log: {level: info\n"), HasSubstr("not valid YAML"));
}

TEST(config_document, refuses_tags_second_documents_and_control_characters) {
    EXPECT_THAT(
        refusal("token: !!binary aGk=\n"), AllOf(StartsWith("c.yaml:1: "), HasSubstr("tags")));
    EXPECT_THAT(
        refusal(kToken + "---\nlog: {}\n"),
        "c.yaml:4: what follows the first YAML document is not read; keep one");
    EXPECT_THAT(
        refusal(kToken + "log:\n  level: \"in\\nfo\"\n"),
        "c.yaml:5: a key or value must be one line without control characters");
    EXPECT_THAT(refusal("? [a]\n: b\n"), HasSubstr("a key must be plain text"));
}

TEST(config_document, refuses_what_is_not_plain_utf_8) {
    for (const std::string_view bytes :
         {"\xff", "\xfe\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80",
          "\x01", "\x7f"})
        EXPECT_THAT(
            refusal(kToken + "# " + std::string{bytes} + "\nlog: {}\n"),
            StartsWith("c.yaml:4: not plain UTF-8 text: byte 0x"));
    EXPECT_THAT(refusal(kToken + std::string(1, '\0') + "log: {}\n"), HasSubstr("byte 0x00"));
    EXPECT_EQ(
        refusal(
            kToken + "# \u00e4 \u20ac \ud7ff \U0010ffff \U00010000\r\nlog:\r\n  level: info\r\n"),
        "accepted");
}

TEST(config_document, refuses_an_unknown_key_and_names_the_closest) {
    EXPECT_EQ(
        refusal(kToken + "server:\n  lisen: 127.0.0.1:1\n"),
        "c.yaml:5: unknown key \"lisen\" in server; did you mean \"listen\"?");
    EXPECT_EQ(
        refusal("servers: {}\n"), "c.yaml:1: unknown key \"servers\"; did you mean \"server\"?");
    EXPECT_EQ(
        refusal(kToken + "log:\n  something: x\n"),
        "c.yaml:5: unknown key \"something\" in log; known here: level");
    EXPECT_THAT(
        refusal(kToken + "chains:\n  base:\n    rpc-url: x\n"),
        "c.yaml:6: unknown key \"rpc-url\" in chains.base; did you mean \"rpc_url\"?");
    EXPECT_THAT(
        refusal("server.listen: 127.0.0.1:1\n"), HasSubstr("unknown key \"server.listen\""));
    EXPECT_THAT(refusal("'*': 1\n"), HasSubstr("unknown key \"*\""));
    EXPECT_THAT(
        refusal(std::string(500, 'x') + ": 1\n"), HasSubstr("known here: server, health, token"));
}

TEST(config_document, refuses_a_value_of_another_shape) {
    EXPECT_EQ(
        refusal("server: 5\n"),
        "c.yaml:1: server must be a section with one setting per line, but is a single value");
    EXPECT_EQ(
        refusal("server:\n  listen: [a]\n"),
        "c.yaml:2: server.listen must be a single value, but is a list");
    EXPECT_EQ(
        refusal("server:\n  listen:\n"),
        "c.yaml:2: server.listen must be a single value, but is nothing");
    EXPECT_EQ(
        refusal("server:\n  allowed_hosts: a\n"),
        "c.yaml:2: server.allowed_hosts must be a list such as [a, b], but is a single value");
    EXPECT_THAT(
        refusal("server:\n  allowed_hosts: [[a]]\n"),
        HasSubstr("each item of server.allowed_hosts"));
    EXPECT_THAT(
        refusal("chains: [base]\n"), HasSubstr("chains must be a section with one named entry"));
    EXPECT_THAT(refusal("chains:\n  base: x\n"), HasSubstr("chains.base must be a section"));
    EXPECT_THAT(refusal("- a\n"), HasSubstr("the file must be a section"));
}

TEST(config_document, requires_the_token_section) {
    EXPECT_THAT(refusal(""), StartsWith("c.yaml: token.uri: is required"));
    EXPECT_THAT(refusal("# nothing\n"), StartsWith("c.yaml: token.uri: is required"));
    EXPECT_THAT(refusal("token: {}\n"), StartsWith("c.yaml:1: token.uri: is required"));
}

}  // namespace
}  // namespace chela::sidecar::config::test
