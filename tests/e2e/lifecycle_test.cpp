// What becomes of a transaction that is stuck, unwanted or taken from the chain, with a real node.
#include "tests/e2e/support/sidecar.hpp"
#include "tests/support/edr.hpp"

#include <csignal>
#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

/// A sidecar and its one node, which mines when it is told to.
class OnNode : public testing::Test {
protected:
    explicit OnNode(std::unique_ptr<LocalNode> started) : node{std::move(started)} {
        sidecar.start();
    }

    Json rpc(const std::string& method, const Json& parameters = Json::array()) {
        return must(node->rpc(method, parameters));
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
    Json health() { return json_of(must(sidecar.tcp().request("GET", "/v1/health"))); }
    void set_base_fee(const std::string& fee) {
        rpc("hardhat_setNextBlockBaseFeePerGas", Json::array({fee}));
    }

    std::unique_ptr<LocalNode> node;
    Sidecar sidecar{node->url()};
    TestAgent agent = sidecar.create_agent(*node, {"--to", kPayee});
};

std::unique_ptr<LocalNode> started(const std::string& client) {
    if (client == "edr") return must(Edr::start({"--no-mining"}));
    return must(Anvil::start({"--no-mining"}));
}

class lifecycle : public OnNode {
protected:
    lifecycle() : OnNode{started("anvil")} {}
};

/// What two clients that were written apart from each other agree on.
class lifecycle_with : public OnNode, public testing::WithParamInterface<const char*> {
protected:
    lifecycle_with() : OnNode{started(GetParam())} {}
};
INSTANTIATE_TEST_SUITE_P(, lifecycle_with, testing::Values("anvil", "edr"), [](const auto& info) {
    return std::string{info.param};
});

TEST_P(lifecycle_with, one_that_is_stuck_at_a_low_fee_is_bumped_and_mined) {
    const Json stuck = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    EXPECT_EQ(stuck["state"], "broadcast") << stuck.dump();
    const auto before = balance_of(*node, kPayee);
    set_base_fee("0x174876e800");  // 100 gwei: more than was offered
    const Json bumped =
        mine_until(stuck, [](const Json& seen) { return seen["attempts"].size() > 1; });
    EXPECT_EQ(bumped["attempts"][1]["kind"], "bump");
    const Json final =
        mine_until(stuck, [](const Json& seen) { return seen["state"] == "confirmed"; });
    EXPECT_EQ(final["nonce"], 0);
    EXPECT_NE(balance_of(*node, kPayee), before);
    EXPECT_EQ(transactions_of(*node, agent.address), 1U);
}

TEST_P(lifecycle_with, a_cancelled_one_ends_as_the_chain_says) {
    const Json unwanted = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    const auto before = balance_of(*node, kPayee);
    const Json asked = post(unwanted, "cancel");
    EXPECT_EQ(asked["state"], "cancelling") << asked.dump();
    const Json replaced = [&] {
        Json seen;
        EXPECT_TRUE(eventually(
            [&] {
                seen = look(unwanted);
                return seen["attempts"].size() > 1 && seen["attempts"][1]["was_accepted"] == true;
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
    EXPECT_EQ(balance_of(*node, kPayee), before);
    EXPECT_EQ(transactions_of(*node, agent.address), 1U);
    EXPECT_EQ(post(unwanted, "cancel")["state"], "cancelled") << "once more changes nothing";

    const Json wanted = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    rpc("evm_mine");
    EXPECT_EQ(sidecar.wait_final(agent, text(wanted["id"]))["state"], "confirmed");
    EXPECT_EQ(post(wanted, "cancel")["code"], "E_INTENT_STATE");
    EXPECT_NE(balance_of(*node, kPayee), before);
}

TEST_P(lifecycle_with, one_is_sped_up_by_as_much_as_is_wished) {
    const Json slow = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    const Json wrong = post(slow, "speed-up", {{"max_fee_per_gas", "7"}});
    EXPECT_EQ(wrong["code"], "E_FEES") << wrong.dump();
    const Json asked = post(
        slow, "speed-up",
        {{"max_fee_per_gas", "90000000000"}, {"max_priority_fee_per_gas", "5000000000"}});
    EXPECT_EQ(asked["state"], "broadcast") << asked.dump();
    EXPECT_TRUE(
        eventually([&] { return look(slow)["attempts"].size() == 2; }, std::chrono::seconds{30}));
    EXPECT_EQ(look(slow)["attempts"][1]["max_fee_per_gas"], "90000000000");
    rpc("evm_mine");
    EXPECT_EQ(sidecar.wait_final(agent, text(slow["id"]))["state"], "confirmed");
}

TEST_F(lifecycle, a_node_that_is_down_for_a_minute_loses_nothing) {
    const Json first = json_of(sidecar.submit(agent, payment(kPayee, "0.1")));
    node->process().send(SIGSTOP);
    const auto back_at = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    const auto refused = sidecar.submit(agent, payment(kPayee, "0.1"), "later");
    EXPECT_GE(refused.status, 500U) << refused.body;
    sidecar.kill();
    sidecar.start();
    EXPECT_EQ(look(first)["state"], "broadcast");
    std::this_thread::sleep_until(back_at);
    const std::string again = "a-new-key";  // as the end of the one before asks for
    EXPECT_GE(sidecar.submit(agent, payment(kPayee, "0.1"), again).status, 500U);
    node->process().send(SIGCONT);
    Json second;
    EXPECT_TRUE(eventually(
        [&] {
            const auto answer = sidecar.submit(agent, payment(kPayee, "0.1"), again);
            if (answer.status >= 300) return false;
            second = json_of(answer);
            return true;
        },
        std::chrono::seconds{60}));
    for (const auto& one : {first, second})
        mine_until(one, [](const Json& seen) { return seen["state"] == "confirmed"; });
    EXPECT_EQ(transactions_of(*node, agent.address), 2U);
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
    EXPECT_EQ(transactions_of(*node, agent.address), 1U);
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
    EXPECT_TRUE(
        eventually([&] { return health()["frozen_lanes"] == 1; }, std::chrono::seconds{30}));
    EXPECT_EQ(health()["status"], "degraded");
    const auto examined = sidecar.cli({"doctor"});
    EXPECT_NE(examined.out.find("FAIL  lanes: frozen: " + agent.address), std::string::npos)
        << examined.out;
    const auto too_far =
        sidecar.cli({"lane", "unfreeze", "anvil", agent.address, "--lost-below", "2"});
    EXPECT_EQ(too_far.status.code, 65) << too_far.out;
    EXPECT_NE(too_far.err.find("E_LOST_BELOW"), std::string::npos) << too_far.err;
    const Json thawed =
        sidecar.cli_json({"lane", "unfreeze", "anvil", agent.address, "--lost-below", "1"});
    EXPECT_EQ(thawed["is_frozen"], false);
    EXPECT_TRUE(
        eventually([&] { return health()["frozen_lanes"] == 0; }, std::chrono::seconds{30}));
    EXPECT_EQ(look(lost)["state"], "failed");
    EXPECT_EQ(look(lost)["error_code"], "E_NONCE_FOREIGN");
    const Json next = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    EXPECT_EQ(next["nonce"], 1) << next.dump();
}

TEST_F(lifecycle, what_is_in_a_block_is_not_lost_though_chela_has_not_seen_it_yet) {
    const Json one = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    ASSERT_EQ(one["nonce"], 0) << one.dump();
    sidecar.process().send(SIGKILL);
    rpc("evm_mine");
    const auto refused =
        sidecar.cli({"lane", "unfreeze", "anvil", agent.address, "--lost-below", "1"});
    EXPECT_EQ(refused.status.code, 73) << refused.out << refused.err;
    EXPECT_NE(refused.err.find(text(one["tx_hash"])), std::string::npos) << refused.err;
    sidecar.start();
    EXPECT_EQ(
        mine_until(one, [](const Json& seen) { return seen["state"] == "confirmed"; })["state"],
        "confirmed");
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

TEST_F(lifecycle, budgets_are_settled_by_what_two_nodes_agree_on) {
    // Cancels a payment of 0.6 out of a daily limit of 1. @return what is said to another one
    const auto ask_again_after_a_cancellation = [&] {
        agent = sidecar.create_agent(*node, {"--to", kPayee, "--daily-limit", "1"});
        const Json one = json_of(sidecar.submit(agent, payment(kPayee, "0.6")));
        post(one, "cancel");
        EXPECT_TRUE(eventually(
            [&] {
                const Json attempts = look(one)["attempts"];
                return attempts.size() > 1 && attempts[1]["was_accepted"] == true;
            },
            std::chrono::seconds{30}));
        rpc("evm_mine");
        EXPECT_EQ(sidecar.wait_final(agent, text(one["id"]))["state"], "cancelled");
        return sidecar.submit(agent, payment(kPayee, "0.6"));
    };
    const auto refused = ask_again_after_a_cancellation();
    EXPECT_EQ(refused.status, 403U) << "one node's word frees nothing";
    EXPECT_EQ(json_of(refused)["violations"][0]["code"], "E_DAILY_LIMIT") << refused.body;

    sidecar.stop();
    const auto port = std::to_string(node->port());
    sidecar.edit_config(
        "rpc_url: " + node->url(),
        "endpoints: [{url: " + node->url() + "}, {url: \"http://localhost:" + port + "\"}]");
    sidecar.start();
    const auto allowed = ask_again_after_a_cancellation();
    EXPECT_EQ(allowed.status, 201U) << allowed.body;
}

TEST_F(lifecycle, new_heads_that_are_pushed_are_enough) {
    sidecar.stop();
    sidecar.edit_config(
        "poll_interval: 100ms", "ws_url: ws" + node->url().substr(4) + "\n    poll_interval: 10m");
    sidecar.start();
    EXPECT_TRUE(eventually(
        [&] { return sidecar.log().find("node_subscription") != std::string::npos; },
        std::chrono::seconds{30}))
        << sidecar.log();
    const Json one = json_of(sidecar.submit(agent, payment(kPayee, "0.5")));
    EXPECT_EQ(one["state"], "broadcast") << one.dump();
    rpc("evm_mine");
    EXPECT_EQ(sidecar.wait_final(agent, text(one["id"]))["state"], "confirmed");
}

TEST_F(lifecycle, health_shows_how_each_node_does) {
    const auto nodes = [this] { return health()["nodes"]; };
    static_cast<void>(sidecar.submit(agent, payment(kPayee, "0.5")));
    const Json well = nodes();
    EXPECT_EQ(well[0]["chain_id"], 31337);
    EXPECT_EQ(well[0]["endpoints"][0]["state"], "healthy") << well.dump();
    EXPECT_EQ(well[0]["endpoints"][0]["origin"], node->url());
    node->process().send(SIGKILL);
    Json answer;
    EXPECT_TRUE(eventually(
        [&] {
            answer = health();
            return answer["nodes"][0]["endpoints"][0]["state"] == "resting";
        },
        std::chrono::seconds{60}))
        << answer.dump();
    EXPECT_EQ(answer["status"], "degraded");
    EXPECT_FALSE(answer["nodes"][0]["endpoints"][0]["last_error"].is_null()) << answer.dump();
}

}  // namespace
}  // namespace chela::test
