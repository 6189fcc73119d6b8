// A14, A27: doors that an agent might find open.
#include "tests/security/support/world.hpp"

#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

TEST(a14, admin_endpoints_are_not_at_the_agents_listeners) {
    const std::string admin = "Authorization: Bearer " + world().sidecar.admin_key() + "\r\n";
    for (const std::string path :
         {"/quitquitquit",
          "/quit",
          "/abort",
          "/abortabortabort",
          "/shutdown",
          "/stop",
          "/drain",
          "/reload",
          "/restart",
          "/config",
          "/config_dump",
          "/configz",
          "/env",
          "/env.json",
          "/vars",
          "/debug",
          "/debug/vars",
          "/debug/pprof",
          "/debug/pprof/heap",
          "/pprof",
          "/heap",
          "/threads",
          "/trace",
          "/log",
          "/logs",
          "/logging",
          "/loglevel",
          "/admin",
          "/admin/config",
          "/v1/admin",
          "/v1/config",
          "/v1/reload",
          "/v1/shutdown",
          "/actuator",
          "/actuator/env",
          "/actuator/heapdump",
          "/server-status",
          "/status",
          "/info",
          "/dump",
          "/memory",
          "/swagger.json",
          "/openapi.json",
          "/graphql",
          "/.env",
          "/.git/config",
          "/etc/passwd",
          "/proc/self/environ",
          "/token",
          "/token.pin",
          "/chela.yaml",
          "/chela.db",
          "/v1/keys",
          "/v1/secrets",
          "/v1/vaults"}) {
        for (const std::string& fields : {std::string{}, admin}) {
            for (const auto& request : {get(path, fields), post(path, "{}", fields)}) {
                const auto tcp = world().send(request);
                ASSERT_TRUE(tcp) << path;
                EXPECT_EQ(tcp->status, 404U) << path;
                const auto socket = world().send_unix(request);
                ASSERT_TRUE(socket) << path;
                EXPECT_EQ(socket->status, 404U) << path;
            }
        }
    }
    EXPECT_TRUE(world().sidecar.process().is_running());
    EXPECT_EQ(world().health(), 200U);
}

TEST(a14, admin_acts_of_the_api_need_an_admin_and_a_method_that_changes_things) {
    const std::string agent = fmt::format("X-Chela-Token: {}\r\n", kClientToken);
    const std::string me = "/v1/agents/" + world().agent.id;
    EXPECT_EQ(world().send(post("/v1/agents", "{\"name\":\"x\"}", agent))->status, 403U);
    EXPECT_EQ(world().send(post(me + "/rotate-key", "{}", agent))->status, 403U);
    EXPECT_EQ(world().send(get(me + "/rotate-key", agent))->status, 405U);
    EXPECT_EQ(world().send(post("/v1/webhooks", "{}", agent))->status, 403U);
    for (const std::string method : {"PATCH", "DELETE"}) {
        const auto answer = world().send(fmt::format(
            "{} {} HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: application/json\r\n"
            "Content-Length: 2\r\n\r\n{{}}",
            method, me, agent));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 403U) << method;
    }
}

TEST(a14, admin_and_health_answers_hold_no_secret_and_no_path) {
    std::string all;
    for (const std::string path :
         {"/v1/health", "/metrics", "/v1/chains", "/.well-known/jwks.json"})
        all += world().send(get(path))->body;
    ASSERT_GT(all.size(), 200U);
    for (const std::string& secret :
         {world().sidecar.dir().string(), world().agent.id, world().agent.address,
          std::string{"PATH="}, std::string{"\"d\":"}}) {
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
    }
}

/// Of short ASCII texts. Source: RFC 4648, 4.
std::string base64(std::string_view text) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const auto part = text.substr(i, 3);
        unsigned bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8U | (k < part.size() ? static_cast<unsigned char>(part[k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= part.size() ? kDigits[bits >> (18U - 6U * k) & 63U] : '=';
    }
    return out;
}

/// A request of the revision 2026-07-28 by the agent, whose headers say what `said` says.
std::string mcp(const std::string& method, Json parameters, const std::string& said) {
    parameters["_meta"] = {
        {"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
        {"io.modelcontextprotocol/clientCapabilities", Json::object()}};
    const Json body{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
    return post(
        "/mcp", body.dump(),
        fmt::format(
            "X-Chela-Token: {}\r\nAccept: application/json, text/event-stream\r\n{}", kClientToken,
            said));
}

constexpr const char* kVersion = "MCP-Protocol-Version: 2026-07-28\r\n";

Json mcp_answer(const std::string& request, unsigned status) {
    const auto answer = world().send(request);
    EXPECT_TRUE(answer) << request;
    if (!answer) return {};
    EXPECT_EQ(answer->status, status) << request << answer->body;
    return must(parse_json(answer->body));
}

TEST(a27, mcp_headers_that_say_something_else_than_the_body_are_refused) {
    const Json call{{"name", "wallet_address"}, {"arguments", Json::object()}};
    const std::string version = kVersion;
    for (const std::string& said :
         {std::string{}, version,
          version + "Mcp-Method: tools/list\r\nMcp-Name: wallet_address\r\n",
          version + "Mcp-Method: tools/call\r\n",
          version + "Mcp-Method: tools/call\r\nMcp-Name: balances\r\n",
          version + "Mcp-Method: tools/call\r\nMcp-Name: =?base64?YmFsYW5jZXM=?=\r\n",
          version + "Mcp-Method: tools/call\r\nMcp-Name: wallet_address\r\nMcp-Name: balances\r\n",
          std::string{"MCP-Protocol-Version: 2025-11-25\r\nMcp-Method: tools/call\r\nMcp-Name: "
                      "wallet_address\r\n"}}) {
        EXPECT_EQ(mcp_answer(mcp("tools/call", call, said), 400)["error"]["code"], -32020) << said;
    }
    const auto told = mcp_answer(
        mcp("tools/call", call, version + "Mcp-Method: tools/call\r\nMcp-Name: wallet_address\r\n"),
        200);
    EXPECT_NE(told.dump().find(world().agent.address), std::string::npos) << told;
}

TEST(a27, mcp_tools_are_always_the_same_and_none_gives_or_takes_a_secret) {
    const auto list = [] {
        return mcp_answer(
            mcp("tools/list", Json::object(), std::string{kVersion} + "Mcp-Method: tools/list\r\n"),
            200)["result"]["tools"];
    };
    const auto tools = list();
    EXPECT_EQ(tools, list());
    std::set<std::string> names;
    for (const auto& tool : tools)
        names.insert(text(tool.at("name")));
    EXPECT_EQ(
        names, (std::set<std::string>{
                   "wallet_address", "balances", "policy_describe", "budget_status",
                   "intent_simulate", "intent_submit", "intent_status", "typed_data_sign"}));
    for (const std::string name :
         {"key_export", "import_private_key", "get_secret", "eth_sign", "wallet_address "}) {
        const auto refused = mcp_answer(
            mcp("tools/call", {{"name", name}, {"arguments", Json::object()}},
                std::string{kVersion} + "Mcp-Method: tools/call\r\nMcp-Name: =?base64?" +
                    base64(name) + "?=\r\n"),
            400);
        EXPECT_TRUE(refused.contains("error")) << name << refused;
    }
}

TEST(a27, mcp_has_one_door_which_asks_who_is_calling) {
    const auto call = call_of("tools/list", Json::object());
    EXPECT_EQ(world().send(post("/mcp", call))->status, 401U);
    for (const auto& request :
         {get("/mcp"), std::string{"DELETE /mcp HTTP/1.1\r\nHost: localhost\r\n\r\n"}})
        EXPECT_EQ(world().send(request)->status, 405U);
    for (const std::string path : {"/sse", "/message", "/v1/mcp"})
        EXPECT_EQ(world().send(post(path, call))->status, 404U) << path;
}

TEST(a27, mcp_tools_are_no_methods_of_the_json_rpc_door) {
    for (const std::string method :
         {"initialize",
          "tools/list",
          "tools/call",
          "resources/read",
          "prompts/get",
          "personal_importRawKey",
          "personal_unlockAccount",
          "personal_sendTransaction",
          "eth_sign",
          "eth_signTypedData",
          "eth_sendRawTransaction",
          "wallet_addEthereumChain",
          "wallet_switchEthereumChain",
          "eth_getEncryptionPublicKey",
          "eth_decrypt",
          "wallet_exportPrivateKey",
          "admin_addPeer",
          "admin_stopRPC",
          "debug_traceCall",
          "miner_start",
          "anvil_setBalance",
          "hardhat_impersonateAccount",
          "evm_mine",
          "txpool_content",
          "rpc_modules",
          "__proto__",
          "constructor",
          ""}) {
        const auto answer = json_of(world().ask("POST", "/rpc", call_of(method, Json::array())));
        ASSERT_TRUE(answer.contains("error")) << method << answer;
        EXPECT_FALSE(answer.contains("result")) << method;
    }
}

}  // namespace
}  // namespace chela::test::security
