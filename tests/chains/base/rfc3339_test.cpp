#include "chains/base/rfc3339.hpp"

#include <gtest/gtest.h>

namespace chela {
namespace {

using std::chrono::milliseconds;

TEST(rfc3339, writes_milliseconds_and_z) {
    EXPECT_EQ(to_rfc3339(TimePoint{milliseconds{0}}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339(TimePoint{milliseconds{1'769'860'800'007}}), "2026-01-31T12:00:00.007Z");
    EXPECT_EQ(to_rfc3339(TimePoint{milliseconds{-1}}), "1969-12-31T23:59:59.999Z");
}

TEST(rfc3339, reads_what_it_writes) {
    for (const std::int64_t ms : {0LL, 1LL, 951'782'399'999LL, 4'102'444'800'123LL}) {
        const TimePoint time{milliseconds{ms}};
        const auto read = parse_rfc3339(to_rfc3339(time));
        ASSERT_TRUE(read.has_value()) << ms;
        EXPECT_EQ(*read, time);
    }
}

TEST(rfc3339, accepts_offsets_and_cuts_fractions) {
    const auto expect = [](std::string_view text, std::int64_t ms) {
        const auto read = parse_rfc3339(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_EQ(read->time_since_epoch().count(), ms) << text;
    };
    // Source: RFC 3339, 5.8.
    expect("1985-04-12T23:20:50.52Z", 482'196'050'520);
    expect("1996-12-19T16:39:57-08:00", 851'042'397'000);
    expect("1937-01-01T12:00:27.87+00:20", -1'041'337'172'130);
    expect("1970-01-01t00:00:00z", 0);
    expect("1970-01-01T00:00:00.0019999Z", 1);
    expect("2024-02-29T00:00:00Z", 1'709'164'800'000);
}

TEST(rfc3339, refuses_everything_else) {
    for (const char* text :
         {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-1-01T00:00:00Z",
          "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "2023-02-29T00:00:00Z",
          "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z",
          "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+24:00",
          "1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00Zx", " 1970-01-01T00:00:00Z",
          "-970-01-01T00:00:00Z", "1970-01-01T+1:00:00Z"}) {
        const auto read = parse_rfc3339(text);
        ASSERT_FALSE(read.has_value()) << text;
        EXPECT_EQ(read.error().code, ErrorCode::invalid_input) << text;
    }
}

}  // namespace
}  // namespace chela
