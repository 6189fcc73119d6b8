#include "policy/rules/load/values.hpp"

#include <gtest/gtest.h>

namespace chela::policy::load {
namespace {

using namespace std::chrono_literals;

TEST(policy_values, durations) {
    EXPECT_EQ(parse_duration("90s"), 90s);
    EXPECT_EQ(parse_duration("5m"), 5min);
    EXPECT_EQ(parse_duration("24h"), 24h);
    EXPECT_EQ(parse_duration("7d"), 7 * 24h);
    EXPECT_EQ(parse_duration("3650d"), 3650 * 24h);
    for (const auto* bad :
         {"", "s", "0s", "5", "-5m", "5 m", "05m", "1.5h", "3651d", "5M", "1w",
          "99999999999999999999d", "500ms"})
        EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(policy_values, durations_read_back) {
    for (const auto* text : {"1s", "90s", "5m", "24m", "25h", "7d"})
        EXPECT_EQ(duration_text(*parse_duration(text)), text);
    EXPECT_EQ(duration_text(*parse_duration("24h")), "1d");
    EXPECT_EQ(duration_text(1500ms), "1500ms");
}

TEST(policy_values, times) {
    EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), TimePoint{});
    EXPECT_EQ(parse_time("2026-09-21T14:13:20Z"), TimePoint{1'790'000'000'000ms});
    EXPECT_EQ(parse_time("2028-02-29T23:59:59Z"), TimePoint{1'835'481'599'000ms});
    for (const auto* bad :
         {"", "2026-09-21", "2026-09-21T14:13:20", "2026-09-21 14:13:20Z", "2026-13-21T14:13:20Z",
          "2026-02-29T00:00:00Z", "2026-09-21T24:00:00Z", "2026-09-21T14:60:20Z",
          "2026-09-21T14:13:60Z", "1969-12-31T23:59:59Z", "2026-09-21T14:13:20.5Z",
          "2026-09-21t14:13:20z", "+026-09-21T14:13:20Z", "2026-09-21T14:13:20+00:00"})
        EXPECT_FALSE(parse_time(bad)) << bad;
    EXPECT_EQ(time_text(TimePoint{1'790'000'000'000ms}), "2026-09-21T14:13:20Z");
}

TEST(policy_values, ids) {
    EXPECT_TRUE(is_id("a"));
    EXPECT_TRUE(is_id("0-9"));
    EXPECT_TRUE(is_id(std::string(64, 'a')));
    for (const auto* bad : {"", "-a", "A", "a_b", "a b", "a.b"})
        EXPECT_FALSE(is_id(bad)) << bad;
    EXPECT_FALSE(is_id(std::string(65, 'a')));
}

}  // namespace
}  // namespace chela::policy::load
