// A node that lies or is away, a token that is gone: precise errors, nothing half-done, no nonce
// lost.
#include "tests/e2e/support/sidecar.hpp"

#include <sys/resource.h>

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
    HttpAnswer back;
    ASSERT_TRUE(eventually(
        [&] {
            back = sidecar.submit(agent, payment(kPayee, "0.1"), "try-again");
            return back.status == 201;  // a node that failed often is left alone for a moment
        },
        std::chrono::seconds{30}))
        << back.body;
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

TEST_F(trouble, a_full_disk_gives_503_and_chela_goes_on_once_there_is_room) {
    sidecar.start();
    ASSERT_EQ(sidecar.submit(agent, payment(kPayee, "0.1")).status, 201U);
    const auto health = [this] {
        return json_of(must(sidecar.tcp().request("GET", "/v1/health")));
    };
    EXPECT_EQ(health()["store"], "writable");
    // Fetched while there is room: it is a stored thing, too.
    const Headers as_agent{
        {"Authorization", "Bearer " + sidecar.token_for(agent)}, {"Idempotency-Key", "no-room"}};
    const auto submit = [&] {
        return must(sidecar.tcp().request(
            "POST", "/v1/agents/" + agent.id + "/transactions", as_agent,
            payment(kPayee, "0.1").dump()));
    };
    rlimit before{};
    const rlimit full{1, RLIM_INFINITY};
    ASSERT_EQ(::prlimit(sidecar.process().pid(), RLIMIT_FSIZE, &full, &before), 0);
    const auto refused = submit();
    EXPECT_EQ(refused.status, 503U) << refused.body;
    EXPECT_EQ(json_of(refused)["code"], "E_STORE_UNAVAILABLE") << refused.body;
    Json seen;
    EXPECT_TRUE(eventually(
        [&] {
            seen = health();
            return seen["store"] == "unavailable";
        },
        std::chrono::seconds{20}))
        << seen.dump();
    EXPECT_EQ(seen["status"], "degraded");
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);

    ASSERT_EQ(::prlimit(sidecar.process().pid(), RLIMIT_FSIZE, &before, nullptr), 0);
    EXPECT_TRUE(
        eventually([&] { return health()["status"] == "healthy"; }, std::chrono::seconds{20}));
    const auto again = submit();
    ASSERT_EQ(again.status, 201U) << again.body;
    EXPECT_EQ(json_of(again)["nonce"], 1);
    EXPECT_EQ(sidecar.wait_final(agent, json_of(again))["state"], "confirmed");
}

TEST_F(trouble, a_fee_that_no_block_takes_is_refused_and_the_lane_stays_free) {
    sidecar.start();
    auto cheap = payment(kPayee, "0.1");
    cheap["max_fee_per_gas"] = "1";
    cheap["max_priority_fee_per_gas"] = "0";
    const auto refused = sidecar.submit(agent, cheap);
    EXPECT_EQ(refused.status, 422U) << refused.body;
    EXPECT_EQ(json_of(refused)["code"], "E_FEE_TOO_LOW");
    auto legacy = payment(kPayee, "0.1");
    legacy["gas_price"] = "1";
    EXPECT_EQ(json_of(sidecar.submit(agent, legacy))["code"], "E_FEE_TOO_LOW");
    const auto next = sidecar.submit(agent, payment(kPayee, "0.1"));
    ASSERT_EQ(next.status, 201U) << next.body;
    EXPECT_EQ(json_of(next)["nonce"], 0);
}

TEST_F(trouble, nonces_that_chela_did_not_give_out_stop_the_lane_before_anything_is_signed) {
    sidecar.start();
    const Json first = json_of(sidecar.submit(agent, payment(kPayee, "0.1")));
    EXPECT_EQ(sidecar.wait_final(agent, first)["state"], "confirmed");
    static_cast<void>(must(anvil->rpc("anvil_setNonce", Json::array({agent.address, "0x9"}))));
    const auto refused = sidecar.submit(agent, payment(kPayee, "0.1"), "later");
    EXPECT_EQ(refused.status, 503U) << refused.body;
    EXPECT_EQ(json_of(refused)["code"], "E_NONCE_FOREIGN");
    EXPECT_NE(text(json_of(refused)["detail"]).find("--lost-below 9"), std::string::npos);
    static_cast<void>(must(anvil->rpc("anvil_setNonce", Json::array({agent.address, "0x1"}))));
    const auto agreed = sidecar.submit(agent, payment(kPayee, "0.1"), "later");
    ASSERT_EQ(agreed.status, 201U) << agreed.body;
    EXPECT_EQ(json_of(agreed)["nonce"], 1);
}

TEST_F(trouble, an_operator_accepts_nonces_that_were_used_elsewhere) {
    sidecar.start();
    const Json first = json_of(sidecar.submit(agent, payment(kPayee, "0.1")));
    EXPECT_EQ(sidecar.wait_final(agent, first)["state"], "confirmed");
    static_cast<void>(must(anvil->rpc("anvil_setNonce", Json::array({agent.address, "0x9"}))));
    EXPECT_EQ(sidecar.submit(agent, payment(kPayee, "0.1"), "later").status, 503U);
    const auto unfreeze = [&](const char* below) {
        return sidecar.cli({"lane", "unfreeze", "anvil", agent.address, "--lost-below", below});
    };
    EXPECT_NE(unfreeze("10").status.code, 0) << "the chain has not used that many";
    const auto accepted = unfreeze("9");
    ASSERT_EQ(accepted.status.code, 0) << accepted.err;
    const auto next = sidecar.submit(agent, payment(kPayee, "0.1"), "later");
    ASSERT_EQ(next.status, 201U) << next.body;
    EXPECT_EQ(json_of(next)["nonce"], 9);
}

TEST_F(trouble, nothing_is_stacked_on_a_signature_that_its_caller_has_not_sent) {
    sidecar.start();
    const Json made = json_of(sidecar.submit(agent, payment(kPayee, "0.1"), {}, "/sign"));
    const auto waiting = sidecar.submit(agent, payment(kPayee, "0.1"), "after");
    EXPECT_EQ(waiting.status, 503U) << waiting.body;
    EXPECT_EQ(json_of(waiting)["code"], "E_LANE_WAITS_FOR_SIGNED");
    static_cast<void>(must(anvil->rpc("eth_sendRawTransaction", Json::array({made["signed_tx"]}))));
    EXPECT_EQ(sidecar.wait_final(agent, made)["state"], "confirmed");
    EXPECT_EQ(sidecar.submit(agent, payment(kPayee, "0.1"), "after").status, 201U);
}

TEST_F(trouble, a_directory_that_others_can_write_is_not_served) {
    for (const auto* name : {"", "chela.yaml", "chela.db"}) {
        const auto path = name[0] == '\0' ? sidecar.dir() : sidecar.dir() / name;
        const auto before = fs::status(path).permissions();
        fs::permissions(path, fs::perms{0777});
        const auto refused = sidecar.cli({"serve", "--listen", "127.0.0.1:0"});
        EXPECT_EQ(refused.status.code, 77) << path << refused.err;
        EXPECT_NE(refused.err.find("chmod"), std::string::npos) << refused.err;
        fs::permissions(path, before);
    }
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
