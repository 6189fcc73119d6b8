// What becomes of a transaction that is stuck, unwanted or taken from the chain, with a real node.
#include "tests/e2e/support/sidecar.hpp"

#include <csignal>
#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

class lifecycle : public testing::Test {
protected:
    lifecycle() { sidecar.start(); }

    Json rpc(const std::string& method, const Json& parameters = Json::array()) {
        return must(anvil->rpc(method, parameters));
    }
    Json post(const Json& transaction, const std::string& what, const Json& body = {}) {
        const auto answer = sidecar.tcp().request(
            "POST",
            "/v1/agents/" + agent.id + "/transactions/" + text(transaction["id"]) + "/" + what,
            {{"Authorization", "Bearer " + sidecar.token_for(agent)}},
            body.is_null() ? std::string{} : body.dump());
        return json_of(must(answer));
    }
    Json look(const Json& transaction) {
        const auto answer = sidecar.tcp().request(
            "GET", "/v1/agents/" + agent.id + "/transactions/" + text(transaction["id"]),
            {{"Authorization", "Bearer " + sidecar.token_for(agent)}}, {});
        return json_of(must(answer));
    }
    /// Until what is seen is so, with a block of others in between.
    Json mine_until(const Json& transaction, const std::function<bool(const Json&)>& is_so) {
        Json seen;
        EXPECT_TRUE(eventually(
            [&] {
                seen = look(transaction);
                if (is_so(seen)) return true;
                rpc("evm_mine");
                return false;
            },
            std::chrono::seconds{60}))
            << seen.dump();
        return seen;
    }
    void set_base_fee(const std::string& fee) {
        rpc("anvil_setNextBlockBaseFeePerGas", Json::array({fee}));
    }

    std::unique_ptr<Anvil> anvil = must(Anvil::start({"--no-mining"}));
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(*anvil, {"--to", kPayee});
};

TEST_F(lifecycle, one_that_is_stuck_at_a_low_fee_is_bumped_and_mined) {
    const Json stuck = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    EXPECT_EQ(stuck["state"], "broadcast") << stuck.dump();
    const auto before = balance_of(*anvil, kPayee);
    set_base_fee("0x174876e800");  // 100 gwei: more than was offered
    const Json bumped =
        mine_until(stuck, [](const Json& seen) { return seen["attempts"].size() > 1; });
    EXPECT_EQ(bumped["attempts"][1]["kind"], "bump");
    const Json final =
        mine_until(stuck, [](const Json& seen) { return seen["state"] == "confirmed"; });
    EXPECT_EQ(final["nonce"], 0);
    EXPECT_NE(balance_of(*anvil, kPayee), before);
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

TEST_F(lifecycle, a_cancelled_one_ends_as_the_chain_says) {
    const Json unwanted = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    const auto before = balance_of(*anvil, kPayee);
    const Json asked = post(unwanted, "cancel");
    EXPECT_EQ(asked["state"], "cancelling") << asked.dump();
    const Json replaced = [&] {
        Json seen;
        EXPECT_TRUE(eventually(
            [&] {
                seen = look(unwanted);
                return seen["attempts"].size() > 1 && seen["attempts"][1]["is_in_pool"] == true;
            },
            std::chrono::seconds{30}));
        return seen;
    }();
    EXPECT_EQ(replaced["attempts"][1]["kind"], "cancel");
    rpc("evm_mine");
    const Json final = sidecar.wait_final(agent, text(unwanted["id"]));
    EXPECT_EQ(final["state"], "cancelled") << final.dump();
    EXPECT_EQ(final["status"], "failed");
    EXPECT_EQ(final["error_code"], "E_CANCELLED");
    EXPECT_EQ(balance_of(*anvil, kPayee), before);
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
    EXPECT_EQ(post(unwanted, "cancel")["state"], "cancelled") << "once more changes nothing";

    const Json wanted = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    rpc("evm_mine");
    EXPECT_EQ(sidecar.wait_final(agent, text(wanted["id"]))["state"], "confirmed");
    EXPECT_EQ(post(wanted, "cancel")["code"], "E_INTENT_STATE");
    EXPECT_NE(balance_of(*anvil, kPayee), before);
}

TEST_F(lifecycle, one_is_sped_up_by_as_much_as_is_wished) {
    const Json slow = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    const Json wrong = post(slow, "speed-up", {{"max_fee_per_gas", "7"}});
    EXPECT_EQ(wrong["code"], "E_FEES") << wrong.dump();
    const Json asked = post(
        slow, "speed-up",
        {{"max_fee_per_gas", "90000000000"}, {"max_priority_fee_per_gas", "5000000000"}});
    EXPECT_EQ(asked["state"], "broadcast") << asked.dump();
    EXPECT_TRUE(
        eventually([&] { return look(slow)["attempts"].size() == 2; }, std::chrono::seconds{30}));
    EXPECT_EQ(look(slow)["attempts"][1]["max_gas_price"], "90000000000");
    rpc("evm_mine");
    EXPECT_EQ(sidecar.wait_final(agent, text(slow["id"]))["state"], "confirmed");
}

TEST_F(lifecycle, a_node_that_is_down_for_a_while_loses_nothing) {
    const Json first = json_of(sidecar.submit(agent, payment(kPayee, "0.1")));
    anvil->process().send(SIGSTOP);
    const auto refused = sidecar.submit(agent, payment(kPayee, "0.1"), "later");
    EXPECT_GE(refused.status, 500U) << refused.body;
    std::this_thread::sleep_for(std::chrono::seconds{3});
    anvil->process().send(SIGCONT);
    Json second;
    EXPECT_TRUE(eventually(
        [&] {
            const auto answer = sidecar.submit(agent, payment(kPayee, "0.1"), "later");
            if (answer.status >= 300) return false;
            second = json_of(answer);
            return true;
        },
        std::chrono::seconds{60}));
    for (const auto& one : {first, second})
        mine_until(one, [](const Json& seen) { return seen["state"] == "confirmed"; });
    EXPECT_EQ(transactions_of(*anvil, agent.address), 2U);
}

TEST_F(lifecycle, what_a_block_that_is_gone_had_is_mined_again) {
    sidecar.stop();
    sidecar.edit_config("    poll_interval:", "    confirmations: 4\n    poll_interval:");
    sidecar.start();
    const Json one = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    rpc("evm_mine");
    EXPECT_TRUE(
        eventually([&] { return look(one)["state"] == "mined"; }, std::chrono::seconds{30}));
    rpc("anvil_reorg", Json::array({1, Json::array()}));
    EXPECT_TRUE(
        eventually([&] { return look(one)["state"] == "broadcast"; }, std::chrono::seconds{30}))
        << look(one).dump();
    const Json final =
        mine_until(one, [](const Json& seen) { return seen["state"] == "confirmed"; });
    EXPECT_EQ(final["tx_hash"], one["tx_hash"]);
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

TEST_F(lifecycle, a_foreign_transaction_freezes_the_lane_and_an_operator_thaws_it) {
    const Json lost = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    rpc("anvil_dropTransaction", Json::array({lost["tx_hash"]}));
    rpc("anvil_setNonce", Json::array({agent.address, "0x1"}));
    Json lanes;
    EXPECT_TRUE(eventually(
        [&] {
            rpc("evm_mine");
            lanes = sidecar.cli_json({"lane", "list"});
            return lanes["lanes"][0]["is_frozen"] == true;
        },
        std::chrono::seconds{60}))
        << lanes.dump();
    const auto refused = sidecar.submit(agent, payment(kPayee, "0.5"));
    EXPECT_EQ(refused.status, 503U);
    EXPECT_EQ(json_of(refused)["code"], "E_LANE_FROZEN");
    const auto shown = sidecar.cli({"lane", "show", "anvil", agent.address});
    EXPECT_NE(shown.out.find("FROZEN"), std::string::npos) << shown.out;
    EXPECT_NE(shown.out.find("did not sign"), std::string::npos) << shown.out;
    const Json thawed =
        sidecar.cli_json({"lane", "unfreeze", "anvil", agent.address, "--lost-below", "1"});
    EXPECT_EQ(thawed["is_frozen"], false);
    EXPECT_EQ(look(lost)["state"], "failed");
    EXPECT_EQ(look(lost)["error_code"], "E_NONCE_FOREIGN");
    const Json next = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    EXPECT_EQ(next["nonce"], 1) << next.dump();
}

TEST_F(lifecycle, the_command_line_watches_one_to_its_end) {
    const Json one = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    const auto soon = sidecar.cli({"tx", "watch", text(one["id"]), "--timeout", "1"});
    EXPECT_EQ(soon.status.code, 75) << soon.out << soon.err;
    EXPECT_NE(soon.out.find("broadcast"), std::string::npos) << soon.out;
    rpc("evm_mine");
    const auto end = sidecar.cli({"tx", "watch", text(one["id"]), "--timeout", "60"});
    EXPECT_EQ(end.status.code, 0) << end.out << end.err;
    EXPECT_NE(end.out.find("confirmed"), std::string::npos) << end.out;
}

}  // namespace
}  // namespace chela::test
