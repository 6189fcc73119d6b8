#include "sidecar/telemetry/line.hpp"

#include "chains/base/json.hpp"
#include "sidecar/telemetry/redaction.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::log {
namespace {

std::string render(const std::vector<Field>& fields) {
    return render_line(TimePoint{}, Level::info, "thing", fields);
}

Json parsed(const std::string& line) {
    auto json = parse_json(line);
    EXPECT_TRUE(json.has_value()) << line;
    return json ? std::move(*json) : Json{};
}

TEST(log_line, is_one_json_object_in_a_fixed_order) {
    const std::string line = render_line(
        TimePoint{std::chrono::milliseconds{1}}, Level::warn, "http_request",
        std::vector<Field>{{"route", "/v1"}, {"status", 200}, {"ok", true}});
    EXPECT_EQ(
        line, R"({"ts":"1970-01-01T00:00:00.001Z","level":"warn","event":"http_request",)"
              R"("route":"/v1","status":200,"ok":true})");
}

TEST(log_line, cannot_be_forged_by_a_value) {
    const std::string hostile =
        "x\n{\"level\":\"error\"}\r\x1b[2J\x7f\xc2\x85\xe2\x80\xa8\xe2\x80\xa9";
    const std::string line = render({{"path", hostile}});
    for (const char c : line)
        EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
    EXPECT_NE(line.find("\\u2028\\u2029"), std::string::npos) << line;
    EXPECT_EQ(parsed(line)["path"], hostile);
    EXPECT_EQ(parsed(line)["level"], "info");
}

TEST(log_line, survives_text_that_is_not_utf8) {
    EXPECT_EQ(parsed(render({{"x", std::string{"a\xff\xfe"}}}))["x"], "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(log_line, cuts_strings_to_a_thousand_characters) {
    EXPECT_EQ(
        parsed(render({{"x", std::string(5'000, 'a')}}))["x"].get<std::string>(),
        std::string(1'000, 'a'));
    std::string umlauts;
    for (int i = 0; i < 1'001; ++i)
        umlauts += "\xc3\xa4";
    EXPECT_EQ(parsed(render({{"x", umlauts}}))["x"].get<std::string>(), umlauts.substr(0, 2'000));
    EXPECT_LT(render({{"x", std::string(1'000'000, '\x80')}}).size(), 30'000U);
}

TEST(log_line, keeps_whole_numbers_exact) {
    const Json line = parsed(render(
        {{"low", std::numeric_limits<std::int64_t>::min()},
         {"high", std::numeric_limits<std::int64_t>::max()},
         {"over", std::numeric_limits<std::uint64_t>::max()},
         {"small", std::uint8_t{7}}}));
    EXPECT_EQ(line["low"], std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(line["high"], std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(line["over"], "18446744073709551615");
    EXPECT_EQ(line["small"], 7);
}

TEST(log_line, refuses_a_field_that_would_shadow_a_fixed_one) {
    EXPECT_DEATH(render({{"level", "error"}}), "fixed name");
}

TEST(log_redaction, hides_a_secret_wherever_it_is) {
    redact("s3cr3t-value-1");
    const std::vector<Field> fields{
        {"a", "x s3cr3t-value-1 y s3cr3t-value-1"}, {"s3cr3t-value-1", true}};
    const std::string line = render_line(TimePoint{}, Level::info, "got s3cr3t-value-1", fields);
    EXPECT_EQ(line.find("s3cr3t"), std::string::npos) << line;
    EXPECT_EQ(parsed(line)["a"], "x [redacted] y [redacted]");
    EXPECT_EQ(parsed(line)["event"], "got [redacted]");
    EXPECT_TRUE(parsed(line).contains("[redacted]"));
}

TEST(log_redaction, works_before_the_cut_and_before_escaping) {
    redact("straddling-secret");
    const std::string straddling = render({{"x", std::string(990, 'a') + "straddling-secret"}});
    EXPECT_EQ(straddling.find("straddl"), std::string::npos);
    redact("with\"quote\nand line");
    EXPECT_EQ(parsed(render({{"x", "<with\"quote\nand line>"}}))["x"], "<[redacted]>");
}

TEST(log_redaction, hides_a_number_that_is_a_pin) {
    redact("87654321");
    EXPECT_EQ(parsed(render({{"x", 87'654'321}}))["x"], "[redacted]");
    EXPECT_EQ(parsed(render({{"x", -187'654'321}}))["x"], "-1[redacted]");
    EXPECT_EQ(parsed(render({{"x", 8'765'432}}))["x"], 8'765'432);
}

TEST(log_redaction, prefers_the_longer_of_two_nested_secrets) {
    redact("nested-secret");
    redact("a-nested-secret-in-another");
    redact("nested-secret");
    EXPECT_EQ(redacted("<a-nested-secret-in-another>"), "<[redacted]>");
    EXPECT_EQ(redacted("<nested-secret>"), "<[redacted]>");
}

TEST(log_redaction, takes_no_short_values) {
    redact("");
    redact("seven77");
    EXPECT_EQ(redacted("seven77"), "seven77");
    redact("eight888");
    EXPECT_EQ(redacted("eight888"), kRedacted);
}

}  // namespace
}  // namespace chela::sidecar::log
