// A22: the exchange of credentials, when many callers need it at the same moment.
#include "tests/security/support/world.hpp"

#include <atomic>
#include <fstream>
#include <sys/stat.h>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

/// 200 calls from 20 threads. @return how many were answered with this status
unsigned storm(const World& own, unsigned status) {
    std::atomic<unsigned> answered = 0;
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 20; ++i) {
            callers.emplace_back([&] {
                for (int n = 0; n < 10; ++n)
                    if (own.ask("GET", "/v1/agents/me").status == status) ++answered;
            });
        }
    }
    return answered;
}

const World::Edits kShortLives{
    {"# default_token_ttl: 15m", "default_token_ttl: 2s"},
    {"server:\n", "server:\n  rate_limits: {requests: off}\n"}};

TEST(a22, refresh_storm_at_expiry_is_one_exchange) {
    const World own{kShortLives};
    const auto begin = std::chrono::steady_clock::now();
    unsigned calls = 0;
    // Over several expiries.
    while (std::chrono::steady_clock::now() - begin < std::chrono::seconds{6}) {
        ASSERT_EQ(storm(own, 200), 200U);
        calls += 200;
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin)
            .count();
    const std::string log = own.sidecar.log();
    const auto exchanges = count_of(log, "\"jwt_exchanged\"") + count_of(log, "\"jwt_renewed\"");
    EXPECT_GE(exchanges, 3U);
    EXPECT_LE(exchanges, static_cast<std::size_t>(seconds) + 3) << calls << " calls";
}

TEST(a22, refresh_storm_hammers_no_authority_that_refuses) {
    World own{kShortLives};
    const auto rotated = own.ask_admin("POST", "/v1/agents/" + own.agent.id + "/rotate-key");
    ASSERT_EQ(rotated.status, 200U) << rotated.body;
    ASSERT_TRUE(eventually(
        [&] { return own.ask("GET", "/v1/agents/me").status == 401; }, std::chrono::seconds{10}));
    const auto before = count_of(own.sidecar.log(), "\"jwt_exchange_failed\"");
    EXPECT_EQ(storm(own, 401), 200U);
    EXPECT_LE(count_of(own.sidecar.log(), "\"jwt_exchange_failed\""), before + 3);
    // The new key, put into the file, is taken up without a restart.
    std::ofstream{own.sidecar.dir() / "agent.key"}
        << json_of(rotated).at("api_key").get<std::string>();
    EXPECT_TRUE(eventually(
        [&] { return own.ask("GET", "/v1/agents/me").status == 200; }, std::chrono::seconds{20}))
        << own.sidecar.log();
}

}  // namespace
}  // namespace chela::test::security
