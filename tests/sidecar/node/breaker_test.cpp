#include "sidecar/node/breaker.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::node {
namespace {

using namespace std::chrono_literals;

constexpr Breaker::Limits kLimits{.failures = 3, .first_pause = 1s, .longest_pause = 5s};
const Breaker::Time kStart{1h};

Breaker failed_times(unsigned times, double jitter = 1.0) {
    Breaker breaker{kLimits};
    for (unsigned i = 0; i < times; ++i)
        breaker.failed(kStart, jitter);
    return breaker;
}

TEST(breaker, opens_after_so_many_failures_in_a_row) {
    EXPECT_FALSE(failed_times(2).is_open(kStart));
    EXPECT_TRUE(failed_times(3).is_open(kStart));
    Breaker breaker = failed_times(2);
    breaker.succeeded();
    breaker.failed(kStart, 1.0);
    EXPECT_FALSE(breaker.is_open(kStart));
    EXPECT_TRUE(breaker.enter(kStart));
}

TEST(breaker, lets_one_trial_through_after_its_pause) {
    Breaker breaker = failed_times(3);
    EXPECT_FALSE(breaker.enter(kStart + 999ms));
    EXPECT_FALSE(breaker.is_open(kStart + 1s));
    EXPECT_TRUE(breaker.enter(kStart + 1s));
    EXPECT_FALSE(breaker.enter(kStart + 1s));
    EXPECT_TRUE(breaker.is_open(kStart + 1s));
    breaker.succeeded();
    EXPECT_TRUE(breaker.enter(kStart + 1s));
    EXPECT_TRUE(breaker.enter(kStart + 1s));
}

TEST(breaker, a_trial_that_never_reports_blocks_it_for_a_while_only) {
    Breaker breaker = failed_times(3);
    EXPECT_TRUE(breaker.enter(kStart + 1s));
    EXPECT_FALSE(breaker.enter(kStart + 2s));
    EXPECT_TRUE(breaker.enter(kStart + 1min));
}

TEST(breaker, pauses_double_up_to_the_longest) {
    EXPECT_TRUE(failed_times(4).is_open(kStart + 1999ms));
    EXPECT_FALSE(failed_times(4).is_open(kStart + 2s));
    EXPECT_TRUE(failed_times(5).is_open(kStart + 3999ms));
    EXPECT_FALSE(failed_times(100'000).is_open(kStart + 5s));
    EXPECT_TRUE(failed_times(100'000).is_open(kStart + 4999ms));
}

TEST(breaker, jitter_takes_up_to_half_of_a_pause) {
    EXPECT_TRUE(failed_times(3, 0.0).is_open(kStart + 499ms));
    EXPECT_FALSE(failed_times(3, 0.0).is_open(kStart + 500ms));
    EXPECT_FALSE(failed_times(3, -7.0).is_open(kStart + 500ms));
    EXPECT_FALSE(failed_times(3, 7.0).is_open(kStart + 1s));
}

TEST(breaker, of_no_limit_never_opens) {
    Breaker breaker{Breaker::Limits{.failures = 0}};
    for (int i = 0; i < 100; ++i)
        breaker.failed(kStart, 1.0);
    EXPECT_FALSE(breaker.is_open(kStart));
    EXPECT_TRUE(breaker.enter(kStart));
}

TEST(full_jitter, is_between_nothing_and_the_doubled_base) {
    EXPECT_EQ(full_jitter(100ms, 1s, 0, 1.0), 100ms);
    EXPECT_EQ(full_jitter(100ms, 1s, 2, 0.5), 200ms);
    EXPECT_EQ(full_jitter(100ms, 1s, 2, 0.0), 0ms);
    EXPECT_EQ(full_jitter(100ms, 1s, 4'000'000'000U, 1.0), 1s);
}

}  // namespace
}  // namespace chela::sidecar::node
