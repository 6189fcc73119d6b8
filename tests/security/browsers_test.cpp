// A1, A2: a web page in a browser on this machine calls.
#include "tests/security/support/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

std::string with_host(std::string_view host) {
    return fmt::format("GET /v1/health HTTP/1.1\r\nHost: {}\r\n\r\n", host);
}

TEST(a01, dns_rebinding_gets_no_answer_under_any_foreign_host) {
    constexpr std::array kForeign{
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.localhost",
        "LOCALHOST.",
        "localhost.",
        "0",
        "0.0.0.0",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.2",
        "127.0.0.01",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "[::]",
        "::1",
        "[::1]evil",
        "[::1]:80:80",
        "[0:0:0:0:0:0:0:1]",
        "[::1%lo]",
        "user@localhost",
        "localhost:8787@evil.example",
        "localhost:abc",
        "localhost:",
        "localhost:999999",
        "localhost:-1",
        "localhost evil.example",
        "localhost,evil.example",
        "localhost/",
        "localhost?",
        "localhost#",
        "127.0.0.1%00",
        "http://localhost",
        "*",
        "\xe2\x85\xbcocalhost",
        "localhost\x80",
        "metadata.google.internal",
        "169.254.169.254"};
    for (const auto* host : kForeign) {
        const auto answer = world().send(with_host(host));
        ASSERT_TRUE(answer) << host;
        EXPECT_EQ(answer->status, 421U) << host;
        EXPECT_EQ(answer->code(), "E_HOST_NOT_ALLOWED") << host;
    }
}

TEST(a01, dns_rebinding_gets_no_answer_without_exactly_one_host) {
    for (const std::string& head :
         {std::string{""}, std::string{"Host:\r\n"}, std::string{"Host: \r\n"},
          std::string{"Host: localhost\r\nHost: localhost\r\n"},
          std::string{"Host: localhost\r\nHost: evil.example\r\n"},
          std::string{"Host: evil.example\r\nhost: localhost\r\n"},
          std::string{"Host : localhost\r\n"}, std::string{" Host: localhost\r\n"},
          std::string{"X: y\r\n Host: localhost\r\n"},
          std::string{"Host: localhost\r\n evil.example\r\n"},
          std::string{"X-Forwarded-Host: localhost\r\n"}}) {
        const auto answer = world().send("GET /v1/health HTTP/1.1\r\n" + head + "\r\n");
        ASSERT_TRUE(answer) << head;
        EXPECT_EQ(answer->status, 400U) << head;
    }
    for (const std::string target :
         {"http://localhost/v1/health", "http://evil.example/v1/health", "//evil.example/v1/health",
          "https://127.0.0.1/v1/health"}) {
        EXPECT_EQ(shown(world().send(get(target))), "400 E_PATH") << target;
    }
}

TEST(a01, dns_rebinding_guards_the_unix_socket_and_every_door) {
    EXPECT_EQ(world().send_unix(with_host("evil.example"))->status, 421U);
    for (const std::string target :
         {"/rpc", "/rpc/anvil", "/v1/agents/me", "/metrics", "/nowhere"}) {
        const auto answer = world().send(fmt::format(
            "GET {} HTTP/1.1\r\nHost: evil.example\r\nX-Chela-Token: {}\r\n\r\n", target,
            kClientToken));
        EXPECT_EQ(shown(answer), "421 E_HOST_NOT_ALLOWED") << target;
    }
}

TEST(a01, dns_rebinding_control_answers_its_own_names) {
    for (const std::string host :
         {"127.0.0.1", "localhost", "LocalHost", "[::1]", "localhost:1", "127.0.0.1:8787",
          "[::1]:65535"}) {
        EXPECT_EQ(shown(world().send(with_host(host))), "200 none") << host;
    }
}

/// What pages, forms, images and workers can send; with the credential that makes it count.
std::vector<std::string> browser_requests() {
    const std::string token = fmt::format("X-Chela-Token: {}\r\n", kClientToken);
    const std::string body = payment(kPayee, "0.1").dump();
    const std::string target = world().transactions();
    std::vector<std::string> out;
    for (const std::string origin :
         {"null", "http://evil.example", "https://localhost", "http://localhost",
          "http://127.0.0.1:8787", "file://", "chrome-extension://abc", "", "http://[::1]"}) {
        out.push_back(post(target, body, fmt::format("Origin: {}\r\n{}", origin, token)));
        out.push_back(get("/v1/agents/me", fmt::format("Origin: {}\r\n{}", origin, token)));
        out.push_back(post(
            "/rpc/anvil", call_of("eth_accounts", Json::array()),
            fmt::format("Origin: {}\r\n{}", origin, token)));
    }
    for (const std::string site : {"cross-site", "same-site", "CROSS-SITE", "", "nonsense"}) {
        out.push_back(post(target, body, fmt::format("Sec-Fetch-Site: {}\r\n{}", site, token)));
        out.push_back(
            get("/v1/agents/me",
                fmt::format("Sec-Fetch-Site: {}\r\nSec-Fetch-Mode: no-cors\r\n{}", site, token)));
    }
    out.push_back(
        get("/v1/agents/me", "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n" + token));
    for (const std::string type :
         {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
          "text/plain; application/json", "application/json, text/plain", "application/jsonp",
          "application/csp-report", ""}) {
        out.push_back(fmt::format(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {}\r\nContent-Length: "
            "{}\r\n{}\r\n{}",
            target, type, body.size(), token, body));
    }
    // As above with a body whose length is not announced, and without any type.
    out.push_back(fmt::format(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: "
        "chunked\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        target, token, body.size(), body));
    out.push_back(fmt::format(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{}\r\n{}", target,
        body.size(), token, body));
    return out;
}

TEST(a02, csrf_shapes_are_refused_and_move_nothing) {
    const auto before = world().sent();
    for (const auto& request : browser_requests()) {
        for (const auto& answer : {world().send(request), world().send_unix(request)}) {
            ASSERT_TRUE(answer) << request;
            EXPECT_TRUE(answer->status == 403 || answer->status == 415) << shown(answer) << request;
            for (const auto& [name, value] : answer->headers)
                EXPECT_FALSE(name.starts_with("access-control-")) << name;
        }
    }
    EXPECT_EQ(world().sent(), before);
}

TEST(a02, csrf_preflights_are_refused_without_a_cors_header) {
    for (const std::string target : {"/v1/agents/me", "/rpc", "/rpc/anvil", "/v1/health", "*"}) {
        for (const std::string extra :
             {"", "Access-Control-Request-Private-Network: true\r\n",
              "Access-Control-Request-Local-Network: true\r\n"}) {
            const auto answer = world().send(fmt::format(
                "OPTIONS {} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: "
                "x-chela-token\r\n{}\r\n",
                target, extra));
            ASSERT_TRUE(answer);
            EXPECT_EQ(answer->status, 403U) << target;
            for (const auto& [name, value] : answer->headers)
                EXPECT_FALSE(name.starts_with("access-control-")) << name;
        }
    }
}

TEST(a02, csrf_without_browser_marks_still_lacks_the_token) {
    const std::string body = payment(kPayee, "0.1").dump();
    EXPECT_EQ(world().send(post(world().transactions(), body))->status, 401U);
    EXPECT_EQ(world().send(get("/v1/agents/me"))->status, 401U);
    EXPECT_EQ(
        world().send(post("/rpc/anvil", call_of("eth_accounts", Json::array())))->status, 401U);
}

}  // namespace
}  // namespace chela::test::security
