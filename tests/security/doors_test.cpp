// A14, A27: doors that an agent might find open.
#include "tests/security/support/world.hpp"

#include <array>

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

TEST(a27, mcp_has_no_door_here) {
    for (const std::string path : {"/mcp", "/mcp/", "/sse", "/message", "/v1/mcp"}) {
        const auto call = call_of("tools/list", Json::object());
        for (const auto& request :
             {get(path), post(path, call),
              post(
                  path, call,
                  "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: "
                  "key_export\r\n"),
              post(path, call, fmt::format("X-Chela-Token: {}\r\n", kClientToken))}) {
            const auto answer = world().send(request);
            ASSERT_TRUE(answer);
            EXPECT_EQ(answer->status, 404U) << path;
        }
    }
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
