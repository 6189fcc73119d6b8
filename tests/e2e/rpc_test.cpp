// Ethereum JSON-RPC, spoken by a client that knows nothing of chela.
#include "tests/e2e/support/readme.hpp"
#include "tests/e2e/support/sidecar.hpp"
#include "tests/mcp/node.hpp"

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
