#include "sidecar/hooks/backoff.hpp"

#include "sidecar/hooks/failure.hpp"
#include "tests/policy/build.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace chela::sidecar::hooks {
namespace {

using namespace std::chrono_literals;
using test::kNow;

constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();

/// Is `limit` the longest that a draw can give, and 1 s the shortest?
void expect_range(std::uint64_t failures, std::chrono::milliseconds limit) {
    const auto room = static_cast<std::uint64_t>((limit - 1s) / 1ms);
    EXPECT_EQ(delay_after(failures, room, {}), limit) << failures;
    EXPECT_EQ(delay_after(failures, room - 1, {}), limit - 1ms) << failures;
    EXPECT_EQ(delay_after(failures, room + 1, {}), 1s) << "the draws begin anew";
    EXPECT_EQ(delay_after(failures, 0, {}), 1s) << "never at once";
}

TEST(webhook_backoff, doubles_from_five_seconds_to_an_hour_with_jitter_over_all_of_it) {
    expect_range(0, 5s);
    expect_range(1, 5s);
    expect_range(2, 10s);
    expect_range(10, 2560s);
    expect_range(11, 1h);
    expect_range(kMost, 1h);
}

TEST(webhook_backoff, does_as_the_receiver_asks_within_an_hour) {
    EXPECT_EQ(delay_after(1, 0, 30s), 30s);
    EXPECT_EQ(delay_after(1, 0, 0s), 1s);
    EXPECT_EQ(delay_after(1, 0, 24h), 1h);
    EXPECT_EQ(delay_after(1, 3'999, 2s), 4'999ms) << "but no sooner than drawn";
}

TEST(webhook_backoff, reads_retry_after_as_seconds_or_as_a_date) {
    EXPECT_EQ(parse_retry_after("120", kNow), 120s);
    EXPECT_EQ(parse_retry_after("0", kNow), 0s);
    const TimePoint then = std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} + 8h + 49min;
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", then), 37s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", then + 36'999ms), 1s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", then + 1h), 0s);
}

TEST(webhook_backoff, anything_else_asks_for_nothing) {
    for (const auto* text :
         {"", " 1", "1 ", "-1", "+1", "1.5", "1e3", "86401", "99999999999999999999", "soon",
          "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
          "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:3x GMT", "Sun, 06 Nov 9999 08:49:37 GMT"})
        EXPECT_EQ(parse_retry_after(text, kNow), std::nullopt) << text;
}

Attempt failed(std::optional<unsigned> status) {
    Attempt attempt;
    attempt.record.at = kNow;
    attempt.record.status = status;
    attempt.record.error = "refused";
    return attempt;
}

TEST(webhook_failure, is_tried_again_later) {
    const auto failure = failure_of({}, failed(500), 0, kNow);
    EXPECT_EQ(failure.next_try_at, kNow + 1s);
    EXPECT_EQ(failure.paused_reason, "");
    EXPECT_FALSE(failure.is_gone);
    EXPECT_EQ(outcome_of(failure), "failed");
}

TEST(webhook_failure, for_three_days_pauses_with_the_reason) {
    store::WebhookRecord webhook;
    webhook.failing_since = kNow - 72h + 1ms;
    EXPECT_TRUE(failure_of(webhook, failed({}), 0, kNow).next_try_at.has_value());
    webhook.failing_since = kNow - 72h;
    const auto failure = failure_of(webhook, failed({}), 0, kNow);
    EXPECT_FALSE(failure.next_try_at.has_value());
    EXPECT_NE(failure.paused_reason.find("3 days"), std::string::npos) << failure.paused_reason;
    EXPECT_NE(failure.paused_reason.find("refused"), std::string::npos) << failure.paused_reason;
    EXPECT_FALSE(failure.is_gone);
    EXPECT_EQ(outcome_of(failure), "paused");
}

TEST(webhook_failure, gone_ends_it_at_once) {
    const auto failure = failure_of({}, failed(410), 0, kNow);
    EXPECT_TRUE(failure.is_gone);
    EXPECT_FALSE(failure.paused_reason.empty());
    EXPECT_FALSE(failure.next_try_at.has_value());
    EXPECT_EQ(outcome_of(failure), "gone");
}

}  // namespace
}  // namespace chela::sidecar::hooks
