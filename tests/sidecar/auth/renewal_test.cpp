#include "sidecar/auth/renewal.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(renewal, comes_at_75_percent_less_up_to_10_percent_jitter) {
    const TimePoint issued{seconds{1'000}};
    const TimePoint expires = issued + seconds{1'000};
    EXPECT_EQ(renew_at(issued, expires, 0.0), issued + seconds{750});
    EXPECT_EQ(renew_at(issued, expires, 0.5), issued + seconds{700});
    EXPECT_EQ(renew_at(issued, expires, 1.0), issued + seconds{650});
    EXPECT_EQ(renew_at(issued, expires, 7.0), issued + seconds{650});
    EXPECT_EQ(renew_at(issued, expires, -7.0), issued + seconds{750});
}

TEST(renewal, keeps_a_margin_of_5_s_or_a_tenth_of_a_short_life) {
    EXPECT_EQ(validity_margin(minutes{15}), seconds{5});
    EXPECT_EQ(validity_margin(seconds{50}), seconds{5});
    EXPECT_EQ(validity_margin(seconds{5}), milliseconds{500});
    EXPECT_EQ(validity_margin(milliseconds{1}), milliseconds{0});
}

TEST(renewal, backs_off_from_one_second_to_five_minutes) {
    EXPECT_EQ(backoff(0), seconds{1});
    EXPECT_EQ(backoff(1), seconds{1});
    EXPECT_EQ(backoff(2), seconds{2});
    EXPECT_EQ(backoff(5), seconds{16});
    EXPECT_EQ(backoff(9), seconds{256});
    EXPECT_EQ(backoff(10), minutes{5});
    EXPECT_EQ(backoff(4'000'000'000), minutes{5});
}

}  // namespace
}  // namespace chela::sidecar::auth
