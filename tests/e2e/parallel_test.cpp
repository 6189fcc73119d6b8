// Many submissions at once: as many nonces, none twice, all mined.
#include "tests/e2e/support/sidecar.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

TEST(parallel, fifty_submissions_of_one_agent_get_fifty_nonces_and_are_all_mined) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    sidecar.start();
    const Headers headers{{"Authorization", "Bearer " + sidecar.token_for(agent)}};
    constexpr int kCount = 50;
    std::vector<HttpAnswer> answers(kCount);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kCount; ++i) {
            threads.emplace_back([&, i] {
                const auto answer = sidecar.tcp().request(
                    "POST", "/v1/agents/" + agent.id + "/transactions", headers,
                    payment(kPayee, "0.001").dump(), std::chrono::seconds{60});
                if (answer) answers[static_cast<std::size_t>(i)] = *answer;
            });
        }
    }
    std::set<std::uint64_t> nonces;
    for (const auto& answer : answers) {
        ASSERT_EQ(answer.status, 201U) << answer.body;
        nonces.insert(json_of(answer)["nonce"].get<std::uint64_t>());
    }
    EXPECT_EQ(nonces.size(), 50U);
    EXPECT_EQ(*nonces.rbegin(), 49U);
    for (const auto& answer : answers)
        EXPECT_EQ(sidecar.wait_final(agent, json_of(answer))["state"], "confirmed");
    EXPECT_EQ(transactions_of(*anvil, agent.address), 50U);
}

TEST(parallel, one_key_sent_twenty_times_at_once_is_one_transaction) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    sidecar.start();
    const Headers headers{
        {"Authorization", "Bearer " + sidecar.token_for(agent)}, {"Idempotency-Key", "once"}};
    constexpr int kCount = 20;
    std::vector<HttpAnswer> answers(kCount);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kCount; ++i) {
            threads.emplace_back([&, i] {
                const auto answer = sidecar.tcp().request(
                    "POST", "/v1/agents/" + agent.id + "/transactions", headers,
                    payment(kPayee, "0.001").dump());
                if (answer) answers[static_cast<std::size_t>(i)] = *answer;
            });
        }
    }
    std::set<std::string> ids;
    for (const auto& answer : answers) {
        ASSERT_TRUE(answer.status == 201 || answer.status == 200 || answer.status == 409)
            << answer.status << answer.body;
        if (answer.status == 409) {
            EXPECT_EQ(json_of(answer)["code"], "E_IN_FLIGHT");
        } else {
            ids.insert(json_of(answer)["id"].get<std::string>());
        }
    }
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(
        std::ranges::count_if(answers, [](const auto& answer) { return answer.status == 201; }), 1);
    EXPECT_TRUE(eventually(
        [&] { return transactions_of(*anvil, agent.address) == 1; }, std::chrono::seconds{10}));
}

}  // namespace
}  // namespace chela::test
