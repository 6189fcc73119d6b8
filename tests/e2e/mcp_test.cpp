// The Model Context Protocol, spoken by its own clients to the built binary, over HTTP and through
// `chela mcp`.
#include "tests/e2e/support/readme.hpp"
#include "tests/e2e/support/sidecar.hpp"
#include "tests/mcp/node.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

// Payments of more than 0.5 ETH wait for an operator, and one address is paid.
constexpr const char* kPolicy = R"(schema: chela.policy/1
id: treasury
version: 1
budgets:
  eth-day: {asset: native@31337, limit: "5 ETH", window: 24h}
envelope: {chains: [31337], tx_types: [2], max_total_fee: "0.05 ETH"}
permit:
  - {id: pay, effect: transfer, where: {asset: native@31337, from: self, to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}, charge: eth-day}
review:
  - {id: big, effect: transfer, where: {asset: native@31337, amount: {gt: "0.5 ETH"}}, quorum: {of: operators, m: 1, ttl: 15m}}
)";
constexpr std::chrono::seconds kPatience{120};

class mcp : public testing::Test {
protected:
    void SetUp() override {
        write_private(sidecar.dir() / "treasury.yaml", kPolicy);
        sidecar.edit_config("chains:\n", "policy: {files: [treasury.yaml]}\nchains:\n");
        sidecar.start();
        agent = sidecar.create_agent(*anvil, {"--policy", "treasury"});
        sidecar.stop();
        sidecar.add_identity(agent, kToken);
        sidecar.start();
        write_private(token_file(), kToken);
        // The user of these tests acts as the agent, which cannot approve.
        write_private(operator_key(), sidecar.admin_key());
    }
    static void write_private(const std::filesystem::path& file, const std::string& text) {
        std::ofstream{file} << text << "\n";
        std::filesystem::permissions(file, std::filesystem::perms{0600});
    }
    [[nodiscard]] std::filesystem::path operator_key() const { return home.path() / "admin.key"; }
    [[nodiscard]] std::filesystem::path token_file() const { return home.path() / "payer.token"; }
    std::string url() { return "http://127.0.0.1:" + std::to_string(sidecar.port()) + "/mcp"; }
    /// How clients start `chela mcp`.
    [[nodiscard]] static std::vector<std::string> over_socket(const Sidecar& of) {
        return {CHELA_BINARY, "mcp", "--unix-socket", of.socket().string()};
    }
    [[nodiscard]] std::vector<std::string> over_loopback() const {
        return {CHELA_BINARY,   "mcp",
                "--address",    "127.0.0.1:" + std::to_string(sidecar.port()),
                "--token-file", token_file().string()};
    }
    Output node(std::vector<std::string> arguments) {
        ProcessOptions options;
        options.argv = {new_node()};
        options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
        // chela is on the user's PATH.
        const auto bin = std::filesystem::path{CHELA_BINARY}.parent_path().string();
        options.environment = {
            {"HOME", home.path().string()}, {"PATH", bin + ":" + installed("PATH")}};
        options.dir = home.path();
        return must(run(std::move(options), kPatience));
    }
    /// The official inspector's command line.
    Output inspect(std::vector<std::string> arguments) {
        arguments.insert(
            arguments.begin(),
            {installed("CHELA_NODE_MODULES") +
                 "/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
             "--cli"});
        return node(std::move(arguments));
    }
    /// @param where  {"url": …} or {"command": […]}
    Output client(const std::string& script, Json where) {
        where.update(Json{
            {"modules", installed("CHELA_NODE_MODULES")},
            {"token", kToken},
            {"account", agent.address},
            {"payee", kPayee},
            {"stranger", kStranger},
            {"operator", CHELA_BINARY},
            {"operator_key", operator_key().string()},
            {"dir", sidecar.dir().string()}});
        return node({std::string{CHELA_MCP_CLIENTS} + "/" + script, where.dump()});
    }
    static Output spoken(std::vector<std::string> argv, const std::string& input) {
        ProcessOptions options;
        options.argv = std::move(argv);
        options.input = input;
        return must(run(std::move(options), kPatience));
    }

    static constexpr const char* kToken = "0123456789abcdef0123456789abcdef";
    TempDir home;
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent;
};

TEST_F(mcp, todays_client_pays_is_held_and_is_denied_over_http) {
    const auto output = client("modern.mjs", {{"url", url()}});
    EXPECT_EQ(output.out, "paid twice, was held and was denied\n") << output.err << sidecar.log();
    EXPECT_EQ(transactions_of(*anvil, agent.address), 2U);
}

TEST_F(mcp, todays_client_pays_is_held_and_is_denied_over_stdio) {
    const auto output = client("modern.mjs", {{"command", over_socket(sidecar)}});
    EXPECT_EQ(output.out, "paid twice, was held and was denied\n") << output.err << sidecar.log();
    EXPECT_EQ(transactions_of(*anvil, agent.address), 2U);
}

TEST_F(mcp, the_client_of_before_pays_is_held_and_is_denied_over_http) {
    const auto output = client("legacy.mjs", {{"url", url()}});
    EXPECT_EQ(output.out, "paid, was held and was denied\n") << output.err << sidecar.log();
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

TEST_F(mcp, the_client_of_before_pays_is_held_and_is_denied_over_stdio) {
    const auto output = client("legacy.mjs", {{"command", over_loopback()}});
    EXPECT_EQ(output.out, "paid, was held and was denied\n") << output.err << sidecar.log();
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
}

TEST_F(mcp, the_inspector_lists_and_calls_tools) {
    const auto with = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{
            url(), "--transport", "http", "--header", std::string{"X-Chela-Token: "} + kToken};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return inspect(arguments);
    };
    const auto listed = with({"--method", "tools/list", "--strict"});
    EXPECT_EQ(listed.status.code, 0) << listed.out << listed.err;
    EXPECT_NE(listed.out.find("intent_submit"), std::string::npos) << listed.out;
    const auto called = with({"--method", "tools/call", "--tool-name", "wallet_address"});
    EXPECT_EQ(called.status.code, 0) << called.out << called.err;
    EXPECT_NE(called.out.find(agent.address), std::string::npos) << called.out;
}

/// Replaces the first of it; the README must have it.
void replace(std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
}

TEST_F(mcp, the_readmes_list_of_servers_works_as_it_is_written) {
    std::string servers = readme_block("Add it to an MCP client", "json");
    replace(servers, "/run/chela/agent.sock", sidecar.socket().string());
    replace(servers, "127.0.0.1:8787", "127.0.0.1:" + std::to_string(sidecar.port()));
    replace(servers, "CLIENT-TOKEN", kToken);
    const auto file = home.path() / "servers.json";
    std::ofstream{file} << servers;
    for (const char* server : {"chela", "chela-http"}) {
        const auto called = inspect(
            {"--config", file.string(), "--server", server, "--method", "tools/call", "--tool-name",
             "wallet_address"});
        EXPECT_EQ(called.status.code, 0) << server << called.out << called.err;
        EXPECT_NE(called.out.find(agent.address), std::string::npos) << called.out;
    }
}

TEST_F(mcp, the_suites_applicable_scenarios_pass) {
    const auto authenticated = start_listener(
        {"node", std::string{CHELA_MCP_CLIENTS} + "/with_token.mjs", std::to_string(sidecar.port()),
         kToken});
    const std::pair<const char*, const char*> scenarios[] = {
        {"server-initialize", "2025-11-25"},
        {"ping", "2025-11-25"},
        {"tools-list", "2025-11-25"},
        {"tools-list", "2026-07-28"},
        {"dns-rebinding-protection", "2025-11-25"},
        {"dns-rebinding-protection", "2026-07-28"},
        {"http-header-validation", "2026-07-28"}};
    for (const auto& [scenario, revision] : scenarios) {
        const auto output =
            conformance(authenticated.port, {"--scenario", scenario, "--spec-version", revision});
        EXPECT_EQ(output.status.code, 0) << scenario << output.out << output.err;
    }
}

TEST_F(mcp, nobody_without_a_credential_is_served) {
    const auto body = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
    const auto refused =
        must(sidecar.tcp().request("POST", "/mcp", {{"Content-Type", "application/json"}}, body));
    EXPECT_EQ(refused.status, 401U);
    EXPECT_EQ(must(sidecar.tcp().request("GET", "/mcp", {})).status, 405U);
    const auto output = spoken(
        {CHELA_BINARY, "mcp", "--address", "127.0.0.1:" + std::to_string(sidecar.port())},
        std::string{body} + "\n");
    EXPECT_EQ(output.status.code, 0);
    const Json said = Json::parse(output.out);
    EXPECT_EQ(said.at("id"), 1);
    EXPECT_EQ(said.at("error").at("data").at("code"), "E_NO_CREDENTIALS");
}

TEST_F(mcp, the_command_says_nothing_but_the_protocol_and_ends_with_its_input) {
    const auto silent = spoken(over_socket(sidecar), "");
    EXPECT_EQ(silent.status.code, 0);
    EXPECT_EQ(silent.out, "");
    const auto lines = spoken(
        over_socket(sidecar),
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\nnonsense\n"
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
    EXPECT_EQ(lines.status.code, 0);
    std::istringstream said{lines.out};
    std::size_t count = 0;
    for (std::string line; std::getline(said, line); ++count)
        EXPECT_EQ(Json::parse(line).at("jsonrpc"), "2.0") << line;
    EXPECT_EQ(count, 3U) << lines.out;
    const auto wrong = spoken({CHELA_BINARY, "mcp", "--address", "192.0.2.1:80"}, "");
    EXPECT_NE(wrong.status.code, 0);
    EXPECT_EQ(wrong.out, "");
}

}  // namespace
}  // namespace chela::test
