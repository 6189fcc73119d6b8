// A node that lies or is away, a token that is gone: precise errors, nothing half-done, no nonce
// lost.
#include "tests/e2e/support/sidecar.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace fs = std::filesystem;

class trouble : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(*anvil, {"--to", kPayee});
};

TEST_F(trouble, a_node_that_is_away_gives_503_and_the_same_key_may_try_again) {
    sidecar.start();
    anvil->process().send(SIGSTOP);
    const auto away = sidecar.submit(agent, payment(kPayee, "0.1"), "try-again");
    anvil->process().send(SIGCONT);
    EXPECT_TRUE(away.status == 503 || away.status == 504) << away.status << away.body;
    EXPECT_FALSE(json_of(away)["detail"].get<std::string>().empty());
    const auto back = sidecar.submit(agent, payment(kPayee, "0.1"), "try-again");
    ASSERT_EQ(back.status, 201U) << back.body;
    EXPECT_EQ(json_of(back)["nonce"], 0);
    EXPECT_EQ(sidecar.wait_final(agent, json_of(back))["state"], "confirmed");
}

TEST_F(trouble, a_node_that_is_not_there_gives_503) {
    sidecar.edit_config(anvil->url(), "http://127.0.0.1:1");
    sidecar.start();
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.1"));
    EXPECT_EQ(answer.status, 503U) << answer.body;
}

TEST_F(trouble, a_node_of_another_chain_is_not_used) {
    const auto other = must(Anvil::start({"--chain-id", "1234"}));
    sidecar.edit_config(anvil->url(), other->url());
    sidecar.start();
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.1"));
    EXPECT_EQ(answer.status, 503U) << answer.body;
    EXPECT_EQ(json_of(answer)["code"], "E_NODE_CHAIN_ID");
}

TEST_F(trouble, a_server_that_does_not_speak_json_rpc_gives_502) {
    Sidecar wrong{anvil->url()};
    wrong.start();  // an HTTP server that answers problem+json
    sidecar.edit_config(anvil->url(), "http://127.0.0.1:" + std::to_string(wrong.port()) + "/rpc");
    sidecar.start();
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.1"));
    EXPECT_EQ(answer.status, 502U) << answer.body;
}

TEST_F(trouble, a_token_that_is_gone_gives_503_and_signs_again_when_it_is_back) {
    sidecar.start();
    ASSERT_EQ(sidecar.submit(agent, payment(kPayee, "0.1")).status, 201U);
    fs::rename(sidecar.dir() / "token", sidecar.dir() / "token.away");
    const auto gone = sidecar.submit(agent, payment(kPayee, "0.1"), "without-token");
    EXPECT_EQ(gone.status, 503U) << gone.body;
    EXPECT_FALSE(json_of(gone)["detail"].get<std::string>().empty());
    EXPECT_EQ(json_of(must(sidecar.tcp().request("GET", "/v1/health")))["status"], "degraded");
    fs::rename(sidecar.dir() / "token.away", sidecar.dir() / "token");
    HttpAnswer back;
    EXPECT_TRUE(eventually(
        [&] {
            back = sidecar.submit(agent, payment(kPayee, "0.1"), "without-token");
            return back.status == 201;
        },
        std::chrono::seconds{20}))
        << back.body;
    EXPECT_EQ(json_of(back)["nonce"], 1);
    EXPECT_EQ(sidecar.wait_final(agent, json_of(back))["state"], "confirmed");
}

TEST_F(trouble, more_than_the_balance_is_refused_without_a_nonce) {
    sidecar.start();
    const auto answer = sidecar.submit(agent, payment(kPayee, "11"));
    EXPECT_EQ(answer.status, 422U) << answer.body;
    const auto next = sidecar.submit(agent, payment(kPayee, "0.1"));
    EXPECT_EQ(json_of(next)["nonce"], 0);
}

TEST_F(trouble, a_reverted_transaction_ends_as_reverted) {
    sidecar.edit_config("require_simulation: true", "require_simulation: false");
    sidecar.start();
    static_cast<void>(must(anvil->rpc("anvil_setCode", Json::array({kPayee, "0x60006000fd"}))));
    auto body = payment(kPayee, "0.1");
    body["gas_limit"] = 50'000;  // no estimate, no simulation: the operator wanted it so
    const auto answer = sidecar.submit(agent, body);
    ASSERT_EQ(answer.status, 201U) << answer.body;
    const Json final = sidecar.wait_final(agent, json_of(answer));
    EXPECT_EQ(final["state"], "reverted");
    EXPECT_EQ(final["status"], "failed");
}

TEST_F(trouble, a_transaction_that_waits_for_a_block_is_followed_after_a_restart) {
    static_cast<void>(must(anvil->rpc("evm_setAutomine", Json::array({false}))));
    sidecar.start();
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.1"));
    ASSERT_EQ(answer.status, 201U) << answer.body;
    EXPECT_EQ(json_of(answer)["state"], "broadcast");
    EXPECT_EQ(sidecar.stop().code, 0);
    static_cast<void>(
        must(anvil->rpc("anvil_dropTransaction", Json::array({json_of(answer)["tx_hash"]}))));
    sidecar.start();
    static_cast<void>(eventually(
        [&] {
            const auto pending = must(
                anvil->rpc("eth_getTransactionByHash", Json::array({json_of(answer)["tx_hash"]})));
            return pending.is_object();
        },
        std::chrono::seconds{20}));
    static_cast<void>(must(anvil->rpc("evm_mine", Json::array())));
    const Json final = sidecar.wait_final(agent, json_of(answer));
    EXPECT_EQ(final["state"], "confirmed");
    EXPECT_EQ(final["tx_hash"], json_of(answer)["tx_hash"]);
}

}  // namespace
}  // namespace chela::test
