#include "sidecar/http/head.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMax = 1'000;

TEST(http_head, ends_at_the_first_empty_line) {
    const std::string_view text = "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET";
    const HeadScan scan = scan_head(text, 0, kMax);
    EXPECT_EQ(scan.state, HeadState::complete);
    EXPECT_EQ(scan.size, text.size() - 3);
}

TEST(http_head, is_found_however_it_is_cut_into_reads) {
    const std::string_view text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        EXPECT_EQ(scan_head(text.substr(0, cut), 0, kMax).state, HeadState::incomplete) << cut;
        const HeadScan scan = scan_head(text, cut, kMax);
        EXPECT_EQ(scan.state, HeadState::complete) << cut;
        EXPECT_EQ(scan.size, text.size()) << cut;
    }
}

TEST(http_head, may_be_exactly_as_long_as_the_limit) {
    const std::string_view text = "GET / HTTP/1.1\r\n\r\n";
    EXPECT_EQ(scan_head(text, 0, text.size()).state, HeadState::complete);
    EXPECT_EQ(scan_head(text, 0, text.size() - 1).state, HeadState::too_large);
    EXPECT_EQ(scan_head(std::string(kMax, 'a'), 0, kMax).state, HeadState::incomplete);
    EXPECT_EQ(scan_head(std::string(kMax + 1, 'a'), 0, kMax).state, HeadState::too_large);
}

TEST(http_head, is_malformed_as_soon_as_a_line_ends_in_another_way) {
    for (const std::string_view text :
         {"\n"sv, "GET / HTTP/1.1\n"sv, "GET / HTTP/1.1\r\nHost: x\n"sv, "GET / HTTP/1.1\rX"sv,
          "\r\r"sv, "GET / HTTP/1.1\r\n\rX"sv, "GET /\0"sv, "\x16\x03\x01\x00\xa5"sv}) {
        EXPECT_EQ(scan_head(text, 0, kMax).state, HeadState::malformed) << text;
        // Also when the border of two reads lies in it.
        EXPECT_EQ(scan_head(text, text.size() - 1, kMax).state, HeadState::malformed) << text;
    }
}

TEST(http_head, is_split_into_its_parts) {
    const auto head = parse_head(
        "POST /v1?a=b HTTP/1.1\r\nHost: localhost\r\nX-Empty:\r\nX-Space: \t a b \t\r\n\r\n", 64);
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->method, "POST");
    EXPECT_EQ(head->target, "/v1?a=b");
    EXPECT_EQ(head->version, "HTTP/1.1");
    const std::vector<std::pair<std::string, std::string>> fields{
        {"host", "localhost"}, {"x-empty", ""}, {"x-space", "a b"}};
    EXPECT_EQ(head->fields, fields);
}

TEST(http_head, refuses_whatever_the_grammar_does_not_give) {
    for (const std::string_view text :
         {"\r\n\r\n"sv,
          "\r\nGET / HTTP/1.1\r\n\r\n"sv,
          "GET\r\n\r\n"sv,
          "GET /\r\n\r\n"sv,
          "GET  / HTTP/1.1\r\n\r\n"sv,
          "GET /  HTTP/1.1\r\n\r\n"sv,
          " GET / HTTP/1.1\r\n\r\n"sv,
          "GET / HTTP/1.1 \r\n\r\n"sv,
          "GET\t/\tHTTP/1.1\r\n\r\n"sv,
          "GET /a b HTTP/1.1\r\n\r\n"sv,
          "GET /a\tb HTTP/1.1\r\n\r\n"sv,
          "G(T / HTTP/1.1\r\n\r\n"sv,
          "GET / http/1.1\r\n\r\n"sv,
          "GET / HTTP/1.1x\r\n\r\n"sv,
          "GET / HTTP/11\r\n\r\n"sv,
          "GET / HTTP/1.10\r\n\r\n"sv,
          "GET / HTTPS/1.1\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nHost x\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nHost : x\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nHost\t: x\r\n\r\n"sv,
          "GET / HTTP/1.1\r\n: x\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nH st: x\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n"sv,
          "GET / HTTP/1.1\r\n Host: x\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nA: b\x01\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nA\x80: b\r\n\r\n"sv,
          "GET / HTTP/1.1\r\nA: b\r\n"sv,
          "GET / HTTP/1.1\r\nA\"B: b\r\n\r\n"sv}) {
        const auto head = parse_head(text, 64);
        ASSERT_FALSE(head.has_value()) << text;
        EXPECT_EQ(head.error().reason, "E_FRAMING") << text;
    }
}

TEST(http_head, has_a_limited_number_of_fields) {
    std::string text = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 64; ++i)
        text += "A: b\r\n";
    EXPECT_TRUE(parse_head(text + "\r\n", 64).has_value());
    const auto over = parse_head(text + "A: b\r\n\r\n", 64);
    ASSERT_FALSE(over.has_value());
    EXPECT_EQ(over.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace chela::sidecar::http
