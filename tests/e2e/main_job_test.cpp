// An agent's intent becomes a mined transaction, and the agent holds no credential at all.
#include "chains/base/u256.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

class main_job : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(
        *anvil, {"--to", kPayee, "--max-value", "1", "--daily-limit", "3", "--chain", "anvil"});

    void SetUp() override {
        sidecar.add_identity(agent, "a-local-client-token-of-good-length");
        sidecar.start();
    }

    HttpAnswer as_peer(
        const std::string& method,
        const std::string& path,
        const Json& body = nullptr,
        const Headers& headers = {}) {
        return must(sidecar.unix_client().request(
            method, path, headers, body.is_null() ? "" : body.dump()));
    }
    std::string transactions() const { return "/v1/agents/" + agent.id + "/transactions"; }
};

TEST_F(main_job, a_unix_peer_without_any_credential_is_recognised_as_its_agent) {
    const auto me = as_peer("GET", "/v1/agents/me");
    ASSERT_EQ(me.status, 200U) << me.body;
    EXPECT_EQ(json_of(me)["id"], agent.id);
    EXPECT_EQ(json_of(me)["evm_address"], agent.address);
    EXPECT_NE(sidecar.log().find("\"jwt_exchanged\""), std::string::npos);
}

TEST_F(main_job, a_client_token_is_recognised_on_loopback_and_a_wrong_one_is_not) {
    const auto with = [&](const std::string& token) {
        return must(sidecar.tcp().request("GET", "/v1/agents/me", {{"X-Chela-Token", token}}))
            .status;
    };
    EXPECT_EQ(with("a-local-client-token-of-good-length"), 200U);
    EXPECT_EQ(with("a-local-client-token-of-good-lengtH"), 401U);
    EXPECT_EQ(must(sidecar.tcp().request("GET", "/v1/agents/me")).status, 401U);
}

TEST_F(main_job, a_payment_is_simulated_submitted_mined_and_replayed_once) {
    const auto before = balance_of(*anvil, kPayee);
    const auto simulated = as_peer("POST", transactions() + "/simulate", payment(kPayee, "0.25"));
    ASSERT_EQ(simulated.status, 200U) << simulated.body;
    EXPECT_EQ(json_of(simulated)["status"], "success");
    EXPECT_EQ(json_of(simulated)["gas_used"], 21000);

    const auto first = as_peer(
        "POST", transactions(), payment(kPayee, "0.25"), {{"Idempotency-Key", "rent-2026-11"}});
    ASSERT_EQ(first.status, 201U) << first.body;
    const Json submitted = json_of(first);
    EXPECT_EQ(submitted["status"], "broadcast");
    EXPECT_EQ(submitted["value_wei"], "250000000000000000");
    EXPECT_TRUE(submitted["signed_tx"].is_string());

    const Json final = sidecar.wait_final(agent, submitted);
    EXPECT_EQ(final["state"], "confirmed") << final.dump();
    EXPECT_FALSE(final.contains("signed_tx"));
    const auto receipt =
        must(anvil->rpc("eth_getTransactionReceipt", Json::array({submitted["tx_hash"]})));
    EXPECT_EQ(receipt["status"], "0x1");

    const auto again = as_peer(
        "POST", transactions(), payment(kPayee, "0.25"), {{"Idempotency-Key", "rent-2026-11"}});
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(json_of(again)["tx_hash"], submitted["tx_hash"]);
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
    const auto gained = must(
        subtract(must(parse_decimal(balance_of(*anvil, kPayee))), must(parse_decimal(before))));
    EXPECT_EQ(to_decimal(gained), "250000000000000000");
}

TEST_F(main_job, one_idempotency_key_for_two_payments_is_a_conflict) {
    ASSERT_EQ(
        as_peer("POST", transactions(), payment(kPayee, "0.1"), {{"Idempotency-Key", "k1"}}).status,
        201U);
    const auto other =
        as_peer("POST", transactions(), payment(kPayee, "0.2"), {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(other.status, 409U);
    EXPECT_EQ(json_of(other)["code"], "E_IDEMPOTENCY_MISMATCH");
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

TEST_F(main_job, signed_bytes_are_shown_only_when_asked_for) {
    const Json submitted = json_of(as_peer("POST", transactions(), payment(kPayee, "0.01")));
    const std::string one = transactions() + "/" + submitted["id"].get<std::string>();
    EXPECT_FALSE(json_of(as_peer("GET", one)).contains("signed_tx"));
    EXPECT_EQ(
        json_of(as_peer("GET", one + "?include_signed_tx=true"))["signed_tx"],
        submitted["signed_tx"]);
    EXPECT_EQ(
        json_of(as_peer("GET", one + "?include_signed_tx=1"))["signed_tx"], submitted["signed_tx"]);
    EXPECT_EQ(as_peer("GET", one + "?include_signed_tx=maybe").status, 400U);
    const Json listed = json_of(as_peer("GET", transactions()));
    ASSERT_EQ(listed["transactions"].size(), 1U);
    EXPECT_FALSE(listed["transactions"][0].contains("signed_tx"));
}

TEST_F(main_job, a_transaction_that_would_revert_is_stopped_before_it_is_signed) {
    // PUSH1 0 PUSH1 0 REVERT at the payee's address.
    static_cast<void>(must(anvil->rpc("anvil_setCode", Json::array({kPayee, "0x60006000fd"}))));
    auto body = payment(kPayee, "0.1");
    body["simulate_first"] = true;
    const auto answer = as_peer("POST", transactions(), body);
    EXPECT_EQ(answer.status, 422U);
    const Json refused = json_of(answer);
    EXPECT_EQ(refused["status"], "simulation_failed");
    EXPECT_EQ(refused["simulation_status"], "reverted");
    EXPECT_FALSE(refused["simulation_id"].get<std::string>().empty());
    EXPECT_FALSE(refused["error_message"].get<std::string>().empty());
    EXPECT_FALSE(refused["detail"].get<std::string>().empty());
    EXPECT_FALSE(refused.contains("nonce"));
    EXPECT_EQ(sidecar.log().find("intent_signed"), std::string::npos);
    EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);
}

TEST_F(main_job, a_sign_only_transaction_is_valid_and_left_to_the_caller) {
    const auto answer = as_peer("POST", transactions() + "/sign", payment(kPayee, "0.1"));
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const Json made = json_of(answer);
    EXPECT_EQ(made["status"], "sign_only");
    EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);
    const auto hash = must(anvil->rpc("eth_sendRawTransaction", Json::array({made["signed_tx"]})));
    EXPECT_EQ(hash, made["tx_hash"]);
    EXPECT_EQ(sidecar.wait_final(agent, made)["state"], "confirmed");
}

TEST_F(main_job, a_legacy_transaction_is_built_when_a_gas_price_is_given) {
    auto body = payment(kPayee, "0.1");
    body["gas_price"] = "3000000000";
    const auto answer = as_peer("POST", transactions(), body);
    ASSERT_EQ(answer.status, 201U) << answer.body;
    const auto mined =
        must(anvil->rpc("eth_getTransactionByHash", Json::array({json_of(answer)["tx_hash"]})));
    EXPECT_EQ(mined["type"], "0x0");
    EXPECT_EQ(mined["chainId"], "0x7a69");
    EXPECT_EQ(mined["gasPrice"], "0xb2d05e00");
}

TEST_F(main_job, a_bundle_is_simulated_in_order) {
    const Json bundle{{"transactions", {payment(kPayee, "0.1"), payment(kPayee, "0.2")}}};
    const auto answer = as_peer("POST", transactions() + "/simulate-bundle", bundle);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    ASSERT_EQ(json_of(answer)["simulations"].size(), 2U);
    EXPECT_EQ(json_of(answer)["simulations"][1]["status"], "success");
}

TEST_F(main_job, a_short_token_is_renewed_ahead_of_its_end) {
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--token-ttl", "5"}));
    static_cast<void>(sidecar.stop());
    sidecar.start();
    ASSERT_EQ(as_peer("GET", "/v1/agents/me").status, 200U);
    EXPECT_TRUE(eventually(
        [&] { return sidecar.log().find("\"jwt_renewed\"") != std::string::npos; },
        std::chrono::seconds{15}));
    EXPECT_EQ(as_peer("GET", "/v1/agents/me").status, 200U);
}

TEST_F(main_job, term_drains_and_exits_with_zero) {
    const auto status = sidecar.stop();
    EXPECT_EQ(status.code, 0) << sidecar.log();
    EXPECT_NE(sidecar.log().find("\"stopped\""), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(sidecar.socket()));
}

TEST_F(main_job, public_reads_need_no_credentials_and_show_no_node_path) {
    const auto chains = json_of(must(sidecar.tcp().request("GET", "/v1/chains")));
    ASSERT_EQ(chains["chains"].size(), 1U);
    EXPECT_EQ(chains["chains"][0]["chain_id"], 31337);
    EXPECT_EQ(json_of(must(sidecar.tcp().request("GET", "/v1/chains/31337")))["name"], "anvil");
    EXPECT_EQ(must(sidecar.tcp().request("GET", "/v1/chains/nowhere")).status, 404U);
    EXPECT_EQ(json_of(must(sidecar.tcp().request("GET", "/v1/health")))["status"], "healthy");
    EXPECT_EQ(json_of(must(sidecar.tcp().request("GET", "/v1/health/hsm")))["status"], "ok");
    const auto jwks = must(sidecar.tcp().request("GET", "/.well-known/jwks.json"));
    EXPECT_EQ(json_of(jwks)["keys"][0]["crv"], "Ed25519");
    EXPECT_FALSE(json_of(jwks)["keys"][0].contains("d"));
}

}  // namespace
}  // namespace chela::test
