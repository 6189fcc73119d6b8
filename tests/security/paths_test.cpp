// A11 to A13: other spellings of a path, a method or an origin.
#include "tests/security/support/world.hpp"

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

const std::string kToken = fmt::format("X-Chela-Token: {}\r\n", kClientToken);

TEST(a11, path_spellings_that_are_not_canonical_are_refused) {
    constexpr std::array kSpellings{
        "/v1/./health",
        "/v1/../v1/health",
        "/./v1/health",
        "/../v1/health",
        "//v1/health",
        "/v1//health",
        "/v1/health/",
        "/v1/health/.",
        "/v1/health/..",
        "/v1/health//",
        "/v1\\health",
        "\\v1\\health",
        "/v1/health\\",
        "/%76%31/health",
        "/v1/he%61lth",
        "/v1%2fhealth",
        "/v1%2Fhealth",
        "/v1%5chealth",
        "/v1/%2e/health",
        "/v1/%2E%2E/v1/health",
        "/v1/.%2e/v1/health",
        "/v1/health%00",
        "/v1/health%00.json",
        "/v1/health%20",
        "/v1/health%0a",
        "/v1/health%0d%0aX:y",
        "/v1/health;a=b",
        "/v1;x/health",
        "/v1/health#x",
        "/v1/health%23x",
        "/v1/health%3fx=y",
        "/v1%252fhealth",
        "/v1/%252e%252e/v1/health",
        "/v1/%c0%ae%c0%ae/v1/health",
        "/v1/%c0%afhealth",
        "/v1/%e0%80%afhealth",
        "/v1/health%ff",
        "/v1/he\xc3\xa4lth",
        "/v1/health\x80",
        "/V1/HEALTH",
        "/v1/Health",
        "/v1/health:8787",
        "/v1/health@x",
        "/v1/health*",
        "/v1/health+",
        "/v1/health,",
        "/v1/health'",
        "/v1/health\"",
        "/v1/health|",
        "/v1/health^",
        "/v1/health`",
        "/v1/{health}",
        "/v1/<health>",
        "/v1/health%",
        "/v1/health%2",
        "/v1/health%zz",
        "/v1/health%u0061",
        "v1/health",
        "*",
        "?",
        "/v1/health?a",
        "/v1/health?=b",
        "/v1/health?&",
        "/v1/health?a=b&a=c",
        "/v1/health?a=%00",
        "/v1/health?a=%ff",
        "/v1/health?a=b#c",
        "/v1/health?a=b\\c",
        "/v1/health?%61=b&a=c"};
    for (const auto* spelling : kSpellings) {
        const auto answer = world().send(get(spelling));
        ASSERT_TRUE(answer) << spelling;
        EXPECT_TRUE(answer->status == 400 || answer->status == 404)
            << spelling << ": " << shown(answer);
    }
    EXPECT_EQ(world().health(), 200U);
}

TEST(a11, path_spellings_reach_no_other_agent) {
    const auto other = world().sidecar.create_agent(*world().anvil, {"--to", kPayee});
    const std::string mine = "/v1/agents/" + world().agent.id;
    for (const std::string& path :
         {"/v1/agents/" + other.id + "/transactions", mine + "/../" + other.id + "/transactions",
          mine + "/%2e%2e/" + other.id + "/transactions", mine + "%2f..%2f" + other.id,
          mine + ";" + other.id + "/transactions", mine + "//" + other.id,
          "/v1/agents/" + other.id + "%00" + world().agent.id + "/transactions",
          "/v1/agents/me/../" + other.id}) {
        const auto answer = world().send(get(path, kToken));
        EXPECT_TRUE(is_refusal(answer)) << path << ": " << shown(answer);
    }
    for (const std::string& query :
         {std::string{"agent_id="} + other.id, std::string{"id="} + other.id}) {
        const auto answer = world().send(get("/v1/agents/me?" + query, kToken));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body.find(other.id), std::string::npos) << query;
    }
}

TEST(a12, method_overrides_change_nothing) {
    for (const std::string method : {"DELETE", "PATCH", "PUT", "POST", "delete"}) {
        for (const std::string name :
             {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Method",
              "_method"}) {
            const auto answer = world().send(
                get("/v1/agents/me", fmt::format("{}{}: {}\r\n", kToken, name, method)));
            ASSERT_TRUE(answer);
            EXPECT_TRUE(answer->status == 200 || answer->status == 400) << name;
        }
        const auto asked = world().send(get("/v1/agents/me?_method=" + method, kToken));
        ASSERT_TRUE(asked);
        EXPECT_TRUE(asked->status == 200 || asked->status == 400);
        const auto patched = world().send(post(
            "/v1/agents/" + world().agent.id, "{}",
            fmt::format("{}X-HTTP-Method-Override: {}\r\n", kToken, method)));
        EXPECT_EQ(shown(patched), "405 E_METHOD");
    }
    EXPECT_EQ(world().ask("GET", "/v1/agents/me").status, 200U) << "the agent is still there";
}

TEST(a12, methods_are_exact) {
    for (const std::string method :
         {"get", "Get", "GETX", "PUT", "DELETE", "PATCH", "POST", "LINK", "M-SEARCH"}) {
        const auto answer =
            world().send(fmt::format("{} /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n", method));
        ASSERT_TRUE(answer) << method;
        EXPECT_TRUE(answer->status == 405 || answer->status == 501) << method << shown(answer);
    }
}

TEST(a13, forwarded_headers_are_not_believed) {
    constexpr std::array kFields{
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Port: 1",
        "X-Forwarded-User: root",
        "X-Forwarded-Prefix: /admin",
        "X-Forwarded-Uri: /v1/agents",
        "X-Forwarded-Method: DELETE",
        "X-Forwarded-Client-Cert: By=x",
        "X-Forwarded-Email: a@b",
        "X-Forwarded-Access-Token: x",
        "X-Forwarded: for=127.0.0.1",
        "Forwarded: for=127.0.0.1;host=evil.example;proto=https",
        "X-Original-URL: /v1/agents",
        "X-Rewrite-URL: /v1/agents",
        "X-Original-Host: evil.example",
        "X-Original-Uri: /v1/agents",
        "X-Real-IP: 127.0.0.1",
        "X-Client-IP: 127.0.0.1",
        "True-Client-IP: 127.0.0.1",
        "CF-Connecting-IP: 127.0.0.1",
        "X-Host: evil.example",
        "X-Originating-IP: 127.0.0.1",
        "X-Envoy-Original-Path: /v1/agents",
        "X-Accel-Redirect: /etc/passwd",
        "X-Sendfile: /etc/passwd"};
    const auto plain = world().send(get("/v1/agents/me", kToken));
    for (const std::string field : kFields) {
        const auto nobody = world().send(get("/v1/agents/me", field + "\r\n"));
        EXPECT_EQ(shown(nobody), "401 E_NO_CREDENTIALS") << field;
        const auto known = world().send(get("/v1/agents/me", kToken + field + "\r\n"));
        ASSERT_TRUE(known);
        EXPECT_EQ(known->body, plain->body) << field;
        EXPECT_EQ(
            shown(world().send(
                "GET /v1/health HTTP/1.1\r\nHost: evil.example\r\n" + field + "\r\n\r\n")),
            "421 E_HOST_NOT_ALLOWED")
            << field;
    }
}

TEST(a13, forwarded_addresses_do_not_evade_the_lockout) {
    const World own;
    unsigned locked_out = 0;
    for (int i = 0; i < 20; ++i) {
        const auto answer = own.send(
            get("/v1/agents/me", fmt::format(
                                     "X-Forwarded-For: 10.0.0.{}\r\nX-Real-IP: 10.0.0.{}\r\n"
                                     "X-Chela-Token: guess-{}\r\n",
                                     i, i, i)));
        if (answer && answer->status == 429) ++locked_out;
    }
    EXPECT_GE(locked_out, 9U);
}

}  // namespace
}  // namespace chela::test::security
