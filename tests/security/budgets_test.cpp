// A26: an agent that was talked into draining its account bit by bit.
#include "chains/base/u256.hpp"
#include "tests/security/support/world.hpp"

#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

TEST(a26, drain_by_many_small_payments_ends_at_the_budget_over_all_doors) {
    const World own;
    const auto before = must(parse_decimal(balance_of(*own.anvil, kPayee)));
    const Json call = Json::array(
        {{{"from", own.agent.address}, {"to", kPayee}, {"value", "0x16345785d8a0000"}}});
    const std::string body = payment(kPayee, "0.1").dump();
    std::atomic<unsigned> paid = 0;
    std::atomic<unsigned> refused = 0;
    {
        // 40 payments of 0.1 ETH where a day has 1 ETH: half of them each way.
        std::vector<std::jthread> payers;
        for (int i = 0; i < 8; ++i) {
            payers.emplace_back([&, i, by_rpc = i % 2 == 0] {
                for (int n = 0; n < 5; ++n) {
                    const Headers key{{"Idempotency-Key", fmt::format("{}-{}", i, n)}};
                    const auto answer =
                        by_rpc ? own.ask("POST", "/rpc", call_of("eth_sendTransaction", call), key)
                               : own.ask("POST", own.transactions(), body, key);
                    const bool went =
                        by_rpc ? json_of(answer).contains("result") : answer.status == 201;
                    ++(went ? paid : refused);
                    if (!went)
                        EXPECT_NE(answer.body.find("E_DAILY_LIMIT"), std::string::npos)
                            << answer.body;
                }
            });
        }
    }
    EXPECT_EQ(paid, 10U);
    EXPECT_EQ(refused, 30U);
    EXPECT_TRUE(eventually([&] { return own.sent() == 10; }, std::chrono::seconds{20}));
    const auto after = must(parse_decimal(balance_of(*own.anvil, kPayee)));
    EXPECT_EQ(to_decimal(must(subtract(after, before))), "1000000000000000000");
}

TEST(a26, drain_over_a_restart_finds_no_fresh_budget) {
    World own;
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(own.ask("POST", own.transactions(), payment(kPayee, "0.5").dump()).status, 201U);
    own.sidecar.kill();
    own.sidecar.start();
    const auto answer = own.ask("POST", own.transactions(), payment(kPayee, "0.001").dump());
    EXPECT_EQ(answer.status, 403U);
    EXPECT_NE(answer.body.find("E_DAILY_LIMIT"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace chela::test::security
