#include "sidecar/http/target.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

using Query = std::map<std::string, std::string>;

TEST(http_target, accepts_paths_of_unreserved_characters) {
    for (const char* text :
         {"/", "/v1", "/v1/", "/v1/agents/f81d4fae-7dec-11d0-a765-00a0c91e6bf6/transactions",
          "/.well-known/jwks.json", "/a.b/..c/d../...", "/~x/_y/-z"}) {
        const auto target = parse_target(text);
        ASSERT_TRUE(target.has_value()) << text;
        EXPECT_EQ(target->path, text);
        EXPECT_TRUE(target->query.empty());
    }
}

TEST(http_target, refuses_every_path_that_could_be_read_in_two_ways) {
    for (const char* text :
         {"",
          "*",
          "v1",
          "http://127.0.0.1/v1",
          "https://evil.example/",
          "127.0.0.1:80",
          "//",
          "//evil.example",
          "/v1//agents",
          "/v1///",
          "/.",
          "/..",
          "/v1/.",
          "/v1/..",
          "/v1/../admin",
          "/v1/./agents",
          "/../../etc/passwd",
          "/v1/%2e%2e/admin",
          "/v1/%2E/",
          "/v1%2fagents",
          "/v1%5cagents",
          "/v1%00",
          "/v1/%252e",
          "/v1/%61",
          "/v1/%",
          "/v1\\agents",
          "/v1/a;b=c",
          "/v1/a:b",
          "/v1/a@b",
          "/v1/a+b",
          "/v1/a b",
          "/v1/a#b",
          "/v1/a,b",
          "/v1/{id}",
          "/v1/a'b",
          "/v1/a\"b",
          "/v1/a<b",
          "/v1/a|b",
          "/v1/*",
          "/v1/a&b",
          "/v1/a=b",
          "/v1/a!b",
          "/v1/$a",
          "/v1/\xc3\xa4",
          "/v1/\xc0\xae\xc0\xae/",
          "/v1/\xff",
          "/v1/\x7f",
          "/v1/\t"}) {
        const auto target = parse_target(text);
        ASSERT_FALSE(target.has_value()) << text;
        EXPECT_EQ(target.error().reason, "E_PATH") << text;
    }
    EXPECT_FALSE(parse_target(std::string_view{"/v1\0", 4}).has_value());
}

TEST(http_target, decodes_a_query) {
    const auto expect = [](std::string_view text, const Query& query) {
        const auto target = parse_target(text);
        ASSERT_TRUE(target.has_value()) << text;
        EXPECT_EQ(target->path, "/p");
        EXPECT_EQ(target->query, query) << text;
    };
    expect("/p?", {});
    expect("/p?a=", {{"a", ""}});
    expect("/p?a=1&b=2", {{"a", "1"}, {"b", "2"}});
    expect("/p?a=%20%2B%2f%25", {{"a", " +/%"}});
    expect("/p?a%5B%5D=x", {{"a[]", "x"}});
    expect("/p?a=%C3%A4%E2%82%AC%F0%9F%A6%80", {{"a", "\xc3\xa4\xe2\x82\xac\xf0\x9f\xa6\x80"}});
    expect("/p?t=2026-01-31T12:00:00Z&u=/x?y@z", {{"t", "2026-01-31T12:00:00Z"}, {"u", "/x?y@z"}});
    expect("/p?A=1&a=2", {{"A", "1"}, {"a", "2"}});
}

TEST(http_target, refuses_a_query_that_is_not_plain_pairs) {
    for (const char* text :
         {"/p?a",
          "/p?=1",
          "/p?&",
          "/p?a=1&",
          "/p?&a=1",
          "/p?a=1&&b=2",
          "/p?a=1&a=2",
          "/p?a=1&%61=2",
          "/p?a=%",
          "/p?a=%4",
          "/p?a=%4g",
          "/p?a=%g4",
          "/p?a=+",
          "/p?a=1+2",
          "/p?a=b=c",
          "/p?a=%00",
          "/p?a=%0a",
          "/p?a=%0d%0a",
          "/p?a=%1b[2J",
          "/p?a=%7f",
          "/p?a=%c2%85",
          "/p?a=%ff",
          "/p?a=%c0%ae",
          "/p?a=%e0%80%ae",
          "/p?a=%ed%a0%80",
          "/p?a=%f4%90%80%80",
          "/p?a=%f0%80%80%80",
          "/p?a=%c3",
          "/p?a=%e2%82",
          "/p?a=%80",
          "/p?a=\xc3\xa4",
          "/p?a=#",
          "/p?a=\"",
          "/p?a=<",
          "/p?a={}",
          "/p?a=\\",
          "/p?a=[1]",
          "/p?%=1"}) {
        const auto target = parse_target(text);
        ASSERT_FALSE(target.has_value()) << text;
        EXPECT_EQ(target.error().reason, "E_QUERY") << text;
    }
}

TEST(http_target, limits_path_and_query_to_2_kib_each) {
    const std::string path = "/" + std::string(2'047, 'a');
    const std::string query = "a=" + std::string(2'046, 'b');
    EXPECT_TRUE(parse_target(path).has_value());
    EXPECT_TRUE(parse_target(path + "?" + query).has_value());
    const auto long_path = parse_target(path + "a");
    ASSERT_FALSE(long_path.has_value());
    EXPECT_EQ(long_path.error().reason, "E_PATH");
    const auto long_query = parse_target("/?" + query + "b");
    ASSERT_FALSE(long_query.has_value());
    EXPECT_EQ(long_query.error().reason, "E_QUERY");
}

}  // namespace
}  // namespace chela::sidecar::http
