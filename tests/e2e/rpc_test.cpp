// Ethereum JSON-RPC, spoken by a client that knows nothing of chela.
#include "tests/e2e/support/readme.hpp"
#include "tests/e2e/support/sidecar.hpp"
#include "tests/mcp/node.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

class rpc : public testing::Test {
protected:
    void SetUp() override {
        sidecar.add_identity(agent, kToken);
        sidecar.start();
    }
    std::string url() {
        return "http://127.0.0.1:" + std::to_string(sidecar.port()) + "/rpc/anvil";
    }
    Output cast(std::vector<std::string> arguments, const std::string& token = kToken) {
        const auto binary = installed("CHELA_CAST");
        ProcessOptions options;
        options.argv = {binary};
        options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
        options.environment = {
            {"ETH_RPC_URL", url()},
            {"ETH_RPC_HEADERS", "X-Chela-Token: " + token},
            {"HOME", home.path().string()}};
        return must(run(std::move(options), std::chrono::seconds{60}));
    }
    std::string printed(std::vector<std::string> arguments) {
        const auto output = cast(std::move(arguments));
        if (output.status.code != 0) throw std::runtime_error{"cast: " + output.err};
        return output.out.substr(0, output.out.find('\n'));
    }

    static constexpr const char* kToken = "0123456789abcdef0123456789abcdef";
    TempDir home;
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(*anvil, {"--to", kPayee});
};

TEST_F(rpc, cast_pays_from_the_agents_account_without_its_key) {
    EXPECT_EQ(printed({"chain-id"}), "31337");
    const auto before = balance_of(*anvil, kPayee);
    const Json receipt = must(parse_json(printed(
        {"send", "--unlocked", "--from", agent.address, kPayee, "--value", "0.25ether",
         "--json"})));
    EXPECT_EQ(receipt["status"], "0x1") << receipt;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
    EXPECT_NE(balance_of(*anvil, kPayee), before);
    const auto listed = json_of(must(sidecar.tcp().request(
        "GET", "/v1/agents/" + agent.id + "/transactions", {{"X-Chela-Token", kToken}})));
    ASSERT_EQ(listed["transactions"].size(), 1U) << "it went the way of every intent";
    EXPECT_EQ(listed["transactions"][0]["tx_hash"], receipt["transactionHash"]);
}

// Each script is a program that an agent's developer would write.
class rpc_client : public rpc, public testing::WithParamInterface<const char*> {};

TEST_P(rpc_client, pays_and_is_denied) {
    const auto modules = installed("CHELA_NODE_MODULES");
    ProcessOptions options;
    options.argv = {"node",  std::string{CHELA_RPC_CLIENTS} + "/" + GetParam() + ".mjs",
                    modules, url(),
                    kToken,  agent.address,
                    kPayee,  kStranger};
    const auto output = must(run(std::move(options), std::chrono::seconds{60}));
    EXPECT_EQ(output.status.code, 0) << output.out << output.err;
    EXPECT_NE(output.out.find("was denied"), std::string::npos) << output.out;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

INSTANTIATE_TEST_SUITE_P(npm, rpc_client, testing::Values("viem", "ethers"), [](const auto& info) {
    return std::string{info.param};
});

// What these do is asserted in each of them.
class rpc_script : public rpc, public testing::WithParamInterface<const char*> {
protected:
    ProcessOptions script(const std::string& name) {
        ProcessOptions options;
        options.argv = {
            "node",
            std::string{CHELA_RPC_CLIENTS} + "/" + name + ".mjs",
            installed("CHELA_NODE_MODULES"),
            url(),
            kToken,
            agent.address,
            kPayee,
            kStranger,
            anvil->url(),
            agent.id};
        return options;
    }
};

TEST_P(rpc_script, runs_to_its_end) {
    const auto output = must(run(script(GetParam()), std::chrono::seconds{90}));
    EXPECT_EQ(output.status.code, 0) << output.out << output.err;
    EXPECT_EQ(output.out, "done\n");
}

INSTANTIATE_TEST_SUITE_P(
    npm,
    rpc_script,
    testing::Values("viem_calls", "viem_raw", "viem_replaced", "viem_socket", "ethers_socket"),
    [](const auto& info) { return std::string{info.param}; });

TEST_F(rpc_script, web_sockets_are_gated_and_closed_at_the_end) {
    const auto client = must(Process::start(script("socket")));
    EXPECT_TRUE(eventually([&] { return client->out() == "waiting\n"; }, std::chrono::seconds{60}))
        << client->out() << client->err();
    EXPECT_EQ(sidecar.stop().code, 0) << sidecar.log();
    const auto ended = client->wait(std::chrono::seconds{30});
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->code, 0) << client->out() << client->err();
    EXPECT_EQ(client->out(), "waiting\ndone\n");
}

TEST_F(rpc, a_bundle_outlives_kill_nine_and_is_sent_once) {
    constexpr std::uint64_t kCalls = 15;
    Json calls = Json::array();
    for (std::uint64_t i = 0; i < kCalls; ++i)
        calls.push_back({{"to", kPayee}, {"value", "0x1"}});
    const Json bundle{{"version", "2.0.0"},      {"id", "0xb0"},
                      {"from", agent.address},   {"chainId", "0x7a69"},
                      {"atomicRequired", false}, {"calls", calls}};
    const auto ask = [&](const std::string& method, const Json& params) {
        const Json body{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
        return sidecar.tcp().request(
            "POST", "/rpc/anvil", {{"X-Chela-Token", kToken}}, body.dump());
    };
    const auto taken = json_of(must(ask("wallet_sendCalls", Json::array({bundle}))));
    ASSERT_EQ(taken["result"]["id"], "0xb0") << taken;
    const auto open = json_of(must(ask("wallet_getCallsStatus", Json::array({"0xb0"}))));
    EXPECT_EQ(open["result"]["status"], 100)
        << "it proves nothing when all of it is done: " << open;
    sidecar.process().send(SIGKILL);
    sidecar.kill();
    sidecar.start();
    const auto again = json_of(must(ask("wallet_sendCalls", Json::array({bundle}))));
    EXPECT_EQ(again["error"]["code"], 5720) << again;
    Json status;
    EXPECT_TRUE(eventually(
        [&] {
            status = json_of(must(ask("wallet_getCallsStatus", Json::array({"0xb0"}))));
            return status["result"]["status"] == 200;
        },
        std::chrono::seconds{60}))
        << status << sidecar.log();
    EXPECT_EQ(status["result"]["receipts"].size(), kCalls);
    EXPECT_EQ(transactions_of(*anvil, agent.address), kCalls);
}

TEST_F(rpc, its_default_chain_is_what_the_configuration_says_now) {
    const auto chain_id = [&] {
        const Json body{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_chainId"}};
        return json_of(
            must(sidecar.tcp().request("POST", "/rpc", {{"X-Chela-Token", kToken}}, body.dump())));
    };
    EXPECT_EQ(chain_id()["result"], "0x7a69") << "there is one";
    const std::string second = "\nchains:\n  other: {chain_id: 31338, rpc_url: \"" + anvil->url() +
                               "\", max_fee_per_transaction: 0.05 ETH}\n";
    sidecar.edit_config("\nchains:\n", second);
    sidecar.process().send(SIGHUP);
    EXPECT_TRUE(eventually(
        [&] { return chain_id()["error"]["data"]["code"] == "E_CHAIN_REQUIRED"; },
        std::chrono::seconds{10}))
        << sidecar.log();
    sidecar.edit_config("\nchains:\n", "\nrpc: {default_chain: other}\nchains:\n");
    sidecar.process().send(SIGHUP);
    EXPECT_TRUE(
        eventually([&] { return chain_id()["result"] == "0x7a6a"; }, std::chrono::seconds{10}))
        << sidecar.log();
    sidecar.edit_config("default_chain: other", "default_chain: nowhere");
    sidecar.process().send(SIGHUP);
    EXPECT_TRUE(eventually(
        [&] { return sidecar.log().find("reload_refused") != std::string::npos; },
        std::chrono::seconds{10}));
    EXPECT_EQ(chain_id()["result"], "0x7a6a");
}

TEST_F(rpc, the_readmes_program_pays_as_it_is_written) {
    const auto modules = installed("CHELA_NODE_MODULES");
    std::ofstream{home.path() / "pay.mjs"} << with(
        readme_block("Point an Ethereum client at it", "js"), "127.0.0.1:8787",
        "127.0.0.1:" + std::to_string(sidecar.port()));
    std::filesystem::create_directory_symlink(modules, home.path() / "node_modules");
    ProcessOptions options;
    options.argv = {"node", (home.path() / "pay.mjs").string()};
    options.environment = {{"CHELA_TOKEN", kToken}};
    const auto output = must(run(std::move(options), std::chrono::seconds{60}));
    EXPECT_EQ(output.out, "success\n") << output.err;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

TEST_F(rpc, a_foundry_script_pays_from_the_agents_account) {
    const std::string project = (home.path() / "project").string();
    std::filesystem::copy(std::string{CHELA_RPC_CLIENTS} + "/foundry", project);
    ProcessOptions carrier;
    carrier.argv = {"node", project + "/with_token.mjs", url(), kToken};
    const auto with_token = must(Process::start(std::move(carrier)));
    ASSERT_TRUE(
        eventually([&] { return with_token->out().ends_with('\n'); }, std::chrono::seconds{30}));
    std::string port = with_token->out();
    port.pop_back();
    ProcessOptions options;
    options.argv = {
        installed("CHELA_FORGE"),
        "script",
        project + "/Pay.s.sol",
        "--root",
        project,
        "--use",
        project + "/solc.mjs",
        "--offline",
        "--rpc-url",
        "http://127.0.0.1:" + port,
        "--broadcast",
        "--unlocked",
        "--sender",
        agent.address,
        "--sig",
        "run(address,address)",
        agent.address,
        kPayee};
    options.environment = {
        {"CHELA_NODE_MODULES", installed("CHELA_NODE_MODULES")}, {"HOME", home.path().string()}};
    const auto output = must(run(std::move(options), std::chrono::seconds{120}));
    EXPECT_EQ(output.status.code, 0) << output.out << output.err;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 2U);
}

TEST_F(rpc, a_long_answer_of_the_node_comes_whole) {
    const std::string code = "0x" + std::string(300'000, '6');
    static_cast<void>(must(anvil->rpc("anvil_setCode", Json::array({kStranger, code}))));
    const Json asked = {
        {"jsonrpc", "2.0"},
        {"id", "code"},
        {"method", "eth_getCode"},
        {"params", Json::array({kStranger, "latest"})}};
    const Json batch =
        Json::array({asked, {{"jsonrpc", "2.0"}, {"id", 2}, {"method", "eth_chainId"}}, asked});
    const auto answer = json_of(must(sidecar.tcp().request(
        "POST", "/rpc/anvil", {{"X-Chela-Token", kToken}, {"Content-Type", "application/json"}},
        batch.dump())));
    ASSERT_EQ(answer.size(), 3U) << answer.dump().substr(0, 1'000);
    EXPECT_EQ(answer[0], (Json{{"jsonrpc", "2.0"}, {"id", "code"}, {"result", code}}));
    EXPECT_EQ(answer[1].at("result"), "0x7a69");
    EXPECT_EQ(answer[2], answer[0]);
}

TEST_F(rpc, cast_hears_why_the_policy_denies) {
    const auto denied =
        cast({"send", "--unlocked", "--from", agent.address, kStranger, "--value", "1"});
    EXPECT_NE(denied.status.code, 0);
    EXPECT_NE(denied.err.find("4001"), std::string::npos) << denied.err;
    EXPECT_NE(denied.err.find("E_TO_NOT_ALLOWED"), std::string::npos) << denied.err;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);
}

TEST_F(rpc, cast_is_nobody_without_the_token) {
    EXPECT_NE(cast({"chain-id"}, "ffffffffffffffffffffffffffffffff").status.code, 0);
}

TEST_F(rpc, cast_reads_the_chain) {
    EXPECT_EQ(printed({"balance", agent.address}), "10000000000000000000");
    EXPECT_EQ(printed({"nonce", agent.address}), "0");
}

}  // namespace
}  // namespace chela::test
