// kill -9 at any moment: every accepted intent reaches one final state, and none is sent twice.
#include "tests/e2e/support/sidecar.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

constexpr int kPerBurst = 12;  // five bursts stay below what one lane holds

/// Submits with the given keys in parallel while the server may die. @return key → the accepted
/// transaction's id
std::map<std::string, std::string> burst(
    const Sidecar& sidecar,
    const TestAgent& agent,
    const std::string& token,
    const std::vector<std::string>& keys) {
    const std::string bearer = "Bearer " + token;
    std::map<std::string, std::string> accepted;
    std::mutex mutex;
    std::vector<std::jthread> threads;
    for (const auto& key : keys) {
        threads.emplace_back([&, key] {
            const auto answer = sidecar.tcp().request(
                "POST", "/v1/agents/" + agent.id + "/transactions",
                {{"Authorization", bearer}, {"Idempotency-Key", key}},
                payment(kPayee, "0.001").dump());
            if (!answer || (answer->status != 201 && answer->status != 200)) return;
            const std::lock_guard lock{mutex};
            accepted[key] = json_of(*answer)["id"].get<std::string>();
        });
    }
    threads.clear();
    return accepted;
}

/// Did this start find intents of an earlier process that held a nonce?
bool met_open_intents(const std::string& log) {
    return log.find("\"open_intents\":") != std::string::npos &&
           log.find("\"open_intents\":0") == std::string::npos;
}

TEST(crash, kill_nine_in_a_burst_loses_and_repeats_nothing) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    std::map<std::string, std::string> accepted;
    bool recovered = false;
    std::vector<std::string> all_keys;
    for (const int milliseconds : {0, 50, 150, 300, 600}) {
        sidecar.start();
        recovered = recovered || met_open_intents(sidecar.log());
        const std::string token = sidecar.token_for(agent);
        std::vector<std::string> keys;
        for (int i = 0; i < kPerBurst; ++i)
            keys.push_back("burst-" + std::to_string(milliseconds) + "-" + std::to_string(i));
        all_keys.insert(all_keys.end(), keys.begin(), keys.end());
        std::jthread killer{[&sidecar, milliseconds] {
            // However slow the machine is: something holds a nonce by then.
            EXPECT_TRUE(eventually(
                [&] { return sidecar.log().find("\"intent_signed\"") != std::string::npos; },
                std::chrono::seconds{30}));
            std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds});
            sidecar.process().send(SIGKILL);
        }};
        accepted.merge(burst(sidecar, agent, token, keys));
        killer.join();
        sidecar.kill();
    }

    sidecar.start();
    recovered = recovered || met_open_intents(sidecar.log());
    // What was accepted is still the same transaction; what was not is tried again with its key.
    const auto again = burst(sidecar, agent, sidecar.token_for(agent), all_keys);
    std::uint64_t sent = 0;
    std::set<std::string> hashes;
    for (const auto& key : all_keys) {
        ASSERT_TRUE(again.contains(key)) << key << "\n" << sidecar.log();
        if (accepted.contains(key)) EXPECT_EQ(accepted[key], again.at(key));
        const Json final = sidecar.wait_final(agent, again.at(key));
        if (final["state"] == "confirmed") {
            ++sent;
            EXPECT_TRUE(hashes.insert(final["tx_hash"].get<std::string>()).second);
        } else {
            EXPECT_EQ(final["state"], "failed") << final.dump();
            EXPECT_EQ(final["error_code"], "E_INTERRUPTED") << final.dump();
            EXPECT_FALSE(accepted.contains(key))
                << "an accepted intent was not carried out: " << final.dump();
        }
    }
    EXPECT_EQ(transactions_of(*anvil, agent.address), sent);
    EXPECT_GT(sent, 0U);
    EXPECT_TRUE(recovered) << "no kill met an open intent: the test proved nothing";
    EXPECT_EQ(json_of(sidecar.submit(agent, payment(kPayee, "0.001")))["nonce"], sent);
}

TEST(crash, a_second_server_on_one_directory_is_refused) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    sidecar.start();
    const auto second = sidecar.cli(
        {"serve", "--listen", "127.0.0.1:0", "--unix-socket",
         (sidecar.dir() / "second.sock").string()});
    EXPECT_EQ(second.status.code, 73);
    EXPECT_NE(second.err.find("another chela"), std::string::npos) << second.err;
}

}  // namespace
}  // namespace chela::test
