#include "sidecar/config/config.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::config {
namespace {

using namespace std::chrono_literals;

TEST(config_duration, reads_each_unit) {
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("10s"), 10s);
    EXPECT_EQ(parse_duration("15m"), 15min);
    EXPECT_EQ(parse_duration("24h"), 24h);
    EXPECT_EQ(parse_duration("0s"), 0ms);
    EXPECT_EQ(parse_duration("9223372036854775807ms"), std::chrono::milliseconds::max());
}

TEST(config_duration, refuses_everything_else) {
    for (const auto* text :
         {"", "10", "s", "-1s", "+1s", "1 s", " 1s", "1s ", "1.5s", "010s", "0x1s", "1S", "1d",
          "1sec", "1m30s", "9223372036854775808ms", "9223372036854775807s",
          "99999999999999999999s"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_EQ(duration.error().code, ErrorCode::invalid_input) << text;
    }
}

}  // namespace
}  // namespace chela::sidecar::config
