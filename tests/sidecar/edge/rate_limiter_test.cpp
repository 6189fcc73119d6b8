#include "sidecar/edge/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar {
namespace {

using namespace std::chrono_literals;

const RateLimiter::Time kStart{1h};

TEST(rate_limiter, lets_a_burst_through_and_then_says_how_long_to_wait) {
    RateLimiter limiter{Rate{.per_second = 2, .burst = 3}};
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(limiter.take("a", kStart));
    EXPECT_EQ(limiter.take("a", kStart), 500ms);
    EXPECT_EQ(limiter.take("a", kStart + 400ms), 100ms) << "a refusal is not counted";
    EXPECT_FALSE(limiter.take("a", kStart + 500ms));
    EXPECT_TRUE(limiter.take("a", kStart + 500ms));
}

TEST(rate_limiter, never_saves_up_more_than_the_burst) {
    RateLimiter limiter{Rate{.per_second = 100, .burst = 2}};
    EXPECT_FALSE(limiter.take("a", kStart));
    for (int i = 0; i < 2; ++i)
        EXPECT_FALSE(limiter.take("a", kStart + 24h));
    EXPECT_TRUE(limiter.take("a", kStart + 24h));
}

TEST(rate_limiter, keeps_names_apart) {
    RateLimiter limiter{Rate{.per_second = 1, .burst = 1}};
    EXPECT_FALSE(limiter.take("a", kStart));
    EXPECT_TRUE(limiter.take("a", kStart));
    EXPECT_FALSE(limiter.take("b", kStart));
}

TEST(rate_limiter, looks_without_counting) {
    RateLimiter limiter{Rate{.per_second = 1, .burst = 1}};
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(limiter.wait("a", kStart));
    EXPECT_FALSE(limiter.take("a", kStart));
    EXPECT_EQ(limiter.wait("a", kStart), 1000ms);
}

TEST(rate_limiter, gains_nothing_when_the_clock_goes_back) {
    RateLimiter limiter{Rate{.per_second = 1, .burst = 1}};
    EXPECT_FALSE(limiter.take("a", kStart));
    EXPECT_TRUE(limiter.take("a", kStart - 30min));
}

TEST(rate_limiter, without_a_rate_lets_everything_through) {
    RateLimiter limiter{std::nullopt};
    for (int i = 0; i < 1'000; ++i)
        EXPECT_FALSE(limiter.take("a", kStart));
    EXPECT_EQ(limiter.names(), 0U);
}

TEST(rate_limiter, with_nothing_in_it_lets_nothing_through) {
    EXPECT_TRUE(RateLimiter{Rate{}}.take("a", kStart));
    EXPECT_EQ((RateLimiter{Rate{.per_second = 0, .burst = 0.5}}.take("a", kStart)), 24h);
}

TEST(rate_limiter, forgets_who_has_been_quiet_and_bounds_the_rest) {
    RateLimiter limiter{Rate{.per_second = 1, .burst = 1}};
    for (std::size_t i = 0; i < RateLimiter::kMostNames; ++i)
        EXPECT_FALSE(limiter.take(std::to_string(i), kStart));
    EXPECT_TRUE(limiter.take("one more", kStart)) << "nobody's debt is forgotten";
    EXPECT_EQ(limiter.names(), RateLimiter::kMostNames);
    EXPECT_FALSE(limiter.take("one more", kStart + 1s));
    EXPECT_EQ(limiter.names(), 1U);
}

TEST(rate_limiter, rounds_a_wait_up_to_whole_seconds) {
    EXPECT_EQ(retry_after(1ms), 1s);
    EXPECT_EQ(retry_after(1000ms), 1s);
    EXPECT_EQ(retry_after(1001ms), 2s);
    EXPECT_EQ(retry_after(0ms), 1s);
}

}  // namespace
}  // namespace chela::sidecar
