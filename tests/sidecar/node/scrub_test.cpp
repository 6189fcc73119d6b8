#include "sidecar/node/scrub.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

constexpr std::string_view kKey = "k/3y+with=signs-0123";

Scrub of_url(std::string_view url) {
    return Scrub{*parse_endpoint(url)};
}

Json after(const Scrub& scrub, const std::string& result) {
    RpcAnswer answer{std::make_shared<const Json>(Json::parse(result)), std::nullopt};
    scrub.clean(answer);
    return *answer.result;
}

std::string after_error(const Scrub& scrub, const std::string& message) {
    RpcAnswer answer{nullptr, RpcError{-1, message, "\"" + message + "\""}};
    scrub.clean(answer);
    EXPECT_EQ(answer.error->data, "\"" + answer.error->message + "\"");
    return answer.error->message;
}

TEST(node_scrub, takes_a_header_out_in_every_encoding) {
    Scrub scrub = of_url("https://node.example/");
    scrub.add_header(kKey);
    for (const std::string form :
         {"k/3y+with=signs-0123", "ay8zeSt3aXRoPXNpZ25zLTAxMjM",
          "6b2f33792b776974683d7369676e732d30313233", "6B2F33792B776974683D7369676E732D30313233",
          "k%2F3y%2Bwith%3Dsigns-0123"}) {
        EXPECT_EQ(
            after_error(scrub, "you sent <" + form + ">, twice: " + form),
            "you sent <[redacted]>, twice: [redacted]")
            << form;
    }
}

TEST(node_scrub, reads_what_json_escapes_hide) {
    Scrub scrub = of_url("https://node.example/");
    scrub.add_header("secret-value-1");
    EXPECT_EQ(after(scrub, R"(["\u0073ecret-valu\u0065-1"])"), Json::parse(R"(["[redacted]"])"));
}

TEST(node_scrub, looks_into_every_value_and_name) {
    Scrub scrub = of_url("https://node.example/");
    scrub.add_header("secret-value-1");
    EXPECT_EQ(
        after(scrub, R"({"a":[{"b":"x secret-value-1 y"}],"secret-value-1":2,"n":null,"t":true})"),
        Json::parse(R"({"a":[{"b":"x [redacted] y"}],"[redacted]":2,"n":null,"t":true})"));
}

TEST(node_scrub, knows_a_token_without_its_scheme) {
    Scrub scrub = of_url("https://node.example/");
    scrub.add_header("Bearer secret-value-1");
    EXPECT_EQ(after_error(scrub, "bad token secret-value-1"), "bad token [redacted]");
    EXPECT_EQ(after_error(scrub, "Bearer secret-value-1!"), "[redacted]!");
}

TEST(node_scrub, knows_the_keys_and_the_password_in_a_url) {
    const Scrub scrub =
        of_url("https://user:pass-word@node.example/v2/0123456789abcdef?apikey=fedcba9876543210");
    EXPECT_EQ(after_error(scrub, "POST /v2/0123456789abcdef"), "POST /v2/[redacted]");
    EXPECT_EQ(after_error(scrub, "key fedcba9876543210"), "key [redacted]");
    EXPECT_EQ(after_error(scrub, "user:pass-word"), "[redacted]");
    EXPECT_EQ(after_error(scrub, "password pass-word"), "password [redacted]");
}

TEST(node_scrub, leaves_everything_else_as_it_is) {
    Scrub scrub = of_url("https://node.example/v2/short?x=y");
    scrub.add_header("short");
    const std::string result = R"({"hash":"0xabc","v2":"short","list":[1,2.5,null]})";
    EXPECT_EQ(after(scrub, result), Json::parse(result));
    EXPECT_EQ(after_error(scrub, "v2 short x y"), "v2 short x y");
}

}  // namespace
}  // namespace chela::sidecar::node
