#include "sidecar/config/config.hpp"
#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::HasSubstr;

TEST(config_rate, reads_a_rate_with_and_without_a_burst) {
    EXPECT_EQ(parse_rate("100/s burst 200"), (Rate{.per_second = 100, .burst = 200}));
    EXPECT_EQ(parse_rate("30/min"), (Rate{.per_second = 0.5, .burst = 30}));
    EXPECT_EQ(parse_rate("3600/h burst 1"), (Rate{.per_second = 1, .burst = 1}));
}

TEST(config_rate, is_switched_off_in_so_many_words) {
    for (const auto* text : {"off", "0"}) {
        const auto rate = parse_rate(text);
        ASSERT_TRUE(rate) << text;
        EXPECT_FALSE(rate->has_value()) << text;
    }
}

TEST(config_rate, refuses_everything_else) {
    for (const auto* text :
         {"",
          "on",
          "false",
          "10",
          "/s",
          "0/s",
          "-1/s",
          "1.5/s",
          "010/s",
          "10/sec",
          "10/d",
          "10 /s",
          " 10/s",
          "10/s ",
          "10/s burst",
          "10/s burst 0",
          "10/s burst -1",
          "10/s burst 5 ",
          "10/s  burst 5",
          "10/s burst 5 burst 6",
          "1000001/s",
          "99999999999999999999/s",
          "off "}) {
        const auto rate = parse_rate(text);
        ASSERT_FALSE(rate) << text;
        EXPECT_EQ(rate.error().code, ErrorCode::invalid_input) << text;
    }
}

TEST(config_rate, has_limits_where_the_file_says_nothing) {
    const auto config = read(kToken);
    ASSERT_TRUE(config) << config.error().detail;
    const auto& limits = config->server.rate_limits;
    EXPECT_EQ(limits.requests, (Rate{.per_second = 100, .burst = 200}));
    EXPECT_EQ(limits.signatures, (Rate{.per_second = 10, .burst = 50}));
    EXPECT_EQ(limits.auth_failures, *parse_rate("10/min"));
    EXPECT_EQ(config->server.max_connections, 256U);
    EXPECT_EQ(config->server.max_connections_per_peer, 64U);
}

TEST(config_rate, takes_what_the_file_says) {
    const auto config = read(
        std::string{kToken} +
        "server: {max_connections: 40, rate_limits: {requests: off, signatures: 2/s burst 5}}\n");
    ASSERT_TRUE(config) << config.error().detail;
    const auto& limits = config->server.rate_limits;
    EXPECT_FALSE(limits.requests);
    EXPECT_EQ(limits.signatures, (Rate{.per_second = 2, .burst = 5}));
    EXPECT_TRUE(limits.auth_failures);
    EXPECT_EQ(config->server.max_connections_per_peer, 40U);
}

TEST(config_rate, names_the_line_of_a_wrong_one) {
    const auto config = read(std::string{kToken} + "server:\n  rate_limits:\n    requests: fast\n");
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().detail, HasSubstr("server.rate_limits.requests"));
    EXPECT_THAT(config.error().detail, HasSubstr("100/s burst 200"));
}

}  // namespace
}  // namespace chela::sidecar::config::test
