// A5, A6, A7, A25, A29: whom chela talks to, and what they may answer.
#include "chains/base/u256.hpp"
#include "tests/security/support/peer.hpp"
#include "tests/security/support/world.hpp"

#include <array>
#include <atomic>
#include <fstream>
#include <mutex>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

/// A node that passes every call on to anvil, and does what it likes with some.
class Proxy {
public:
    /// @return true: it has answered
    using Twist = std::function<bool(const Heard& request, const Say& say)>;

    [[nodiscard]] std::function<std::string(const LocalNode&)> in_front() {
        return [this](const LocalNode& anvil) {
            behind_ = anvil.port();
            return peer_.url();
        };
    }
    void twist(Twist twist) {
        const std::lock_guard lock{mutex_};
        twist_ = std::move(twist);
    }
    [[nodiscard]] const Peer& peer() const { return peer_; }

private:
    void conduct(const Heard& request, const Say& say) {
        Twist twist;
        {
            const std::lock_guard lock{mutex_};
            twist = twist_;
        }
        if (twist && twist(request, say)) return;
        const auto answer = HttpClient{HttpClient::Tcp{"127.0.0.1", behind_}}.request(
            "POST", "/", {}, request.body);
        if (answer) say(http_reply("200 OK", answer->body));
    }

    std::atomic<std::uint16_t> behind_ = 0;
    std::mutex mutex_;
    Twist twist_;
    Peer peer_{[this](const Heard& request, const Say& say) { conduct(request, say); }};
};

std::string webhook(const std::string& url) {
    return Json{{"url", url}, {"events", {"transaction.*"}}}.dump();
}

TEST(a05, ssrf_by_webhooks_reaches_no_metadata_and_no_private_host) {
    for (const std::string host :
         {"169.254.169.254",
          "169.254.170.2",
          "168.63.129.16",
          "100.100.100.200",
          "192.0.0.192",
          "[fd00:ec2::254]",
          "[fd20:ce::254]",
          "[fe80::1]",
          "[fe80::1%25lo]",
          "[fc00::1]",
          "0.0.0.0",
          "10.0.0.1",
          "172.16.0.1",
          "172.31.255.255",
          "192.168.0.1",
          "100.64.0.1",
          "198.18.0.1",
          "192.0.2.1",
          "203.0.113.1",
          "224.0.0.1",
          "240.0.0.1",
          "255.255.255.255",
          "[::]",
          "[::ffff:169.254.169.254]",
          "[::ffff:10.0.0.1]",
          "[64:ff9b::169.254.169.254]",
          "[64:ff9b::a00:1]",
          "[2002:a9fe:a9fe::1]",
          "[2002:0a00:0001::1]",
          "[2001:0:a9fe:a9fe::1]",
          "[ff02::1]",
          "2852039166",
          "0xa9fea9fe",
          "0251.0376.0251.0376",
          "169.254.43518",
          "0xa9.0xfe.0xa9.0xfe",
          "169.254.169.254.",
          "127.1",
          "0",
          "10.1",
          "user@169.254.169.254",
          "169.254.169.254%00.example",
          "169.254.169.254#.example",
          "example.org\\@169.254.169.254",
          "\xe2\x91\xa0\xe2\x91\xa6.example"}) {
        for (const std::string scheme : {"https", "http"}) {
            const auto answer =
                world().ask_admin("POST", "/v1/webhooks", webhook(scheme + "://" + host + "/x"));
            EXPECT_EQ(answer.status, 400U) << scheme << host << answer.body;
        }
    }
    for (const std::string url :
         {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "unix:/run/x.sock",
          "http://example.org/", "//example.org/", "javascript:1", "", "https://", "https:///x",
          "https://example.org:0/", "https://example.org:99999/"}) {
        EXPECT_EQ(world().ask_admin("POST", "/v1/webhooks", webhook(url)).status, 400U) << url;
    }
}

TEST(a05, ssrf_by_an_agent_has_no_place_to_name_a_host) {
    for (const std::string member :
         {"rpc_url", "node", "url", "callback_url", "webhook_url", "provider", "endpoint",
          "host"}) {
        auto body = payment(kPayee, "0.01");
        body[member] = "http://169.254.169.254/";
        EXPECT_EQ(world().ask("POST", world().transactions(), body.dump()).status, 400U) << member;
    }
    for (const std::string chain :
         {"http://169.254.169.254", "169.254.169.254", "../anvil", "anvil@evil.example"}) {
        auto body = payment(kPayee, "0.01");
        body["chain"] = chain;
        EXPECT_GE(world().ask("POST", world().transactions(), body.dump()).status, 400U) << chain;
    }
    EXPECT_EQ(world().ask("POST", "/v1/webhooks", webhook("http://127.0.0.1:1/")).status, 403U);
    EXPECT_EQ(world().ask("POST", "/v1/admin/chains", "{}").status, 403U);
}

TEST(a06, redirects_of_a_node_are_followed_nowhere) {
    const Peer second{[](const Heard& request, const Say& say) {
        say(rpc_reply(request, R"("result":"0x7a69")"));
    }};
    Proxy proxy;
    const World own{{}, proxy.in_front()};
    for (const std::string status :
         {"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent",
          "300 Multiple", "304 Not Modified"}) {
        proxy.twist([&](const Heard&, const Say& say) {
            say(http_reply(status, "", "Location: " + second.url() + "/\r\n"));
            return true;
        });
        const auto answer =
            json_of(own.ask("POST", "/rpc", call_of("eth_gasPrice", Json::array())));
        EXPECT_TRUE(answer.contains("error")) << status << answer;
        const auto paid = own.ask("POST", own.transactions(), payment(kPayee, "0.01").dump());
        EXPECT_GE(paid.status, 500U) << status;
        for (const auto& [name, value] : paid.headers)
            EXPECT_NE(name, "location");
    }
    EXPECT_TRUE(second.heard().empty());
}

TEST(a06, redirects_of_a_webhook_are_followed_nowhere) {
    const Peer second{[](const Heard&, const Say& say) { say(http_reply("200 OK", "")); }};
    const Peer first{[&](const Heard&, const Say& say) {
        say(http_reply("307 Temporary Redirect", "", "Location: " + second.url() + "/\r\n"));
    }};
    const World own;
    ASSERT_EQ(own.ask_admin("POST", "/v1/webhooks", webhook(first.url() + "/")).status, 201U);
    ASSERT_EQ(own.ask("POST", own.transactions(), payment(kPayee, "0.01").dump()).status, 201U);
    EXPECT_TRUE(eventually([&] { return !first.heard().empty(); }, std::chrono::seconds{20}));
    EXPECT_FALSE(
        eventually([&] { return !second.heard().empty(); }, std::chrono::milliseconds{500}));
}

TEST(a07, echo_of_a_credential_by_a_node_does_not_reach_the_agent) {
    const std::string secret = "node/secret+4711=canary";
    Proxy proxy;
    const World own{
        {{"    rpc_url: ", "    endpoints:\n      - authorization_file: node.auth\n        url: "}},
        proxy.in_front(),
        {{"node.auth", "Bearer " + secret}}};
    const std::vector<std::string> forms{
        secret,
        "bm9kZS9zZWNyZXQrNDcxMT1jYW5hcnk",
        "6e6f64652f7365637265742b343731313d63616e617279",
        "6E6F64652F7365637265742B343731313D63616E617279",
        "node%2Fsecret%2B4711%3Dcanary",
        R"(\u006eode\/secret\u002b4711=canary)"};
    for (const auto& form : forms) {
        for (const std::string& member :
             {R"("error":{"code":-32000,"message":"bad: )" + form + R"("})",
              R"("error":{"code":-32000,"message":"bad","data":{")" + form + R"(":[")" + form +
                  R"("]}})",
              R"("result":{"echo":[")" + form + R"("]})", R"("result":"0x1 )" + form + R"(")"}) {
            const auto echo = [&](const std::string& method) {
                proxy.twist([&, method](const Heard& request, const Say& say) {
                    EXPECT_EQ(request.header("authorization"), "Bearer " + secret);
                    if (request.body.find(method) == std::string::npos) return false;
                    say(rpc_reply(request, member));
                    return true;
                });
            };
            echo("eth_gasPrice");
            const auto read = own.ask("POST", "/rpc", call_of("eth_gasPrice", Json::array())).body;
            EXPECT_NE(read.find("redacted"), std::string::npos) << read;
            echo("eth_getBalance");
            const auto paid = own.ask("POST", own.transactions(), payment(kPayee, "0.01").dump());
            for (const auto& each : forms)
                EXPECT_EQ((read + paid.body).find(each), std::string::npos) << read << paid.body;
        }
    }
    for (const auto& form : forms)
        EXPECT_EQ(own.sidecar.log().find(form), std::string::npos) << form << " in the log";
    ASSERT_FALSE(proxy.peer().heard().empty());
}

TEST(a07, echo_of_cookies_and_challenges_does_not_reach_the_agent) {
    Proxy proxy;
    const World own{{}, proxy.in_front()};
    proxy.twist([&](const Heard&, const Say& say) {
        say(http_reply(
            "401 Unauthorized", "{}",
            "Set-Cookie: canary\r\nWWW-Authenticate: Basic realm=canary\r\nAlt-Svc: canary\r\n"
            "Authentication-Info: canary\r\nX-Echo: canary\r\n"));
        return true;
    });
    for (const auto& answer :
         {own.ask("POST", "/rpc", call_of("eth_gasPrice", Json::array())),
          own.ask("POST", own.transactions(), payment(kPayee, "0.01").dump())}) {
        EXPECT_EQ(answer.body.find("canary"), std::string::npos) << answer.body;
        for (const auto& [name, value] : answer.headers)
            EXPECT_EQ(value.find("canary"), std::string::npos) << name;
    }
}

std::size_t resident(pid_t pid) {
    std::ifstream in{fmt::format("/proc/{}/status", pid)};
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    return 0;
}

/// Answers that never end, or are too much when they do.
std::vector<std::pair<std::string, std::function<void(const Say&)>>> bombs() {
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    const std::string part(std::size_t{64} * 1024, ' ');
    const auto pour = [part](const Say& say) {
        // 256 MiB, or until nobody reads on.
        for (int i = 0; i < 4'096; ++i)
            if (!say(part)) return;
    };
    return {
        {"a length of a terabyte",
         [=](const Say& say) {
             say(ok + "Content-Length: 1099511627776\r\n\r\n");
             pour(say);
         }},
        {"chunks without end",
         [=](const Say& say) {
             say(ok + "Transfer-Encoding: chunked\r\n\r\n");
             for (int i = 0; i < 4'096; ++i)
                 if (!say("10000\r\n" + part + "\r\n")) return;
         }},
        {"a body until the connection ends",
         [=](const Say& say) {
             say(ok + "\r\n");
             pour(say);
         }},
        {"headers without end",
         [=](const Say& say) {
             say(ok);
             for (int i = 0; i < 100'000; ++i)
                 if (!say(fmt::format("X-{}: {}\r\n", i, std::string(200, 'x')))) return;
         }},
        {"a compressed body",
         [=](const Say& say) {
             const std::string gzip{"\x1f\x8b\x08\0\0\0\0\0\0\3", 10};
             say(ok + "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n" + gzip);
         }},
        {"deep nesting",
         [=](const Say& say) {
             say(http_reply("200 OK", std::string(std::size_t{4} * 1024 * 1024, '[')));
         }},
        {"a million members",
         [=](const Say& say) {
             std::string body = R"({"jsonrpc":"2.0","id":1,"result":{)";
             for (int i = 0; i < 300'000; ++i)
                 body += fmt::format(R"("{}":[[]],)", i);
             say(http_reply("200 OK", body + R"("x":0}})"));
         }},
        {"interim answers without end",
         [=](const Say& say) {
             for (int i = 0; i < 1'000'000; ++i)
                 if (!say("HTTP/1.1 100 Continue\r\n\r\n")) return;
         }},
        {"nothing at all", [](const Say&) {}}};
}

TEST(a29, bombs_of_a_node_are_bounded_in_time_and_memory) {
    Proxy proxy;
    const World own{{}, proxy.in_front()};
    const auto before = resident(own.sidecar.process().pid());
    ASSERT_GT(before, 0U);
    for (const auto& [what, bomb] : bombs()) {
        proxy.twist([&bomb](const Heard&, const Say& say) {
            bomb(say);
            return true;
        });
        const auto begin = std::chrono::steady_clock::now();
        const auto answer =
            json_of(own.ask("POST", "/rpc", call_of("eth_gasPrice", Json::array())));
        EXPECT_TRUE(answer.contains("error")) << what;
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{15}) << what;
        EXPECT_EQ(own.health() / 100, 2U) << what;
    }
    // What a parsed answer of 8 MiB may take for a moment, and the allocator keeps.
    EXPECT_LT(resident(own.sidecar.process().pid()), before + std::size_t{192} * 1'024);
    proxy.twist({});
    EXPECT_TRUE(eventually(
        [&] {
            return json_of(own.ask("POST", "/rpc", call_of("eth_gasPrice", Json::array())))
                .contains("result");
        },
        std::chrono::seconds{40}));
}

TEST(a25, simulation_that_the_chain_overtakes_signs_nothing_that_was_not_run) {
    Proxy proxy;
    const World own{{}, proxy.in_front()};
    std::atomic<bool> is_drained = false;
    proxy.twist([&](const Heard& request, const Say& say) {
        if (method_of(request) != "eth_simulateV1") return false;
        const auto answer =
            must(HttpClient{HttpClient::Tcp{"127.0.0.1", own.anvil->port()}}.request(
                "POST", "/", {}, request.body));
        // Between the run and the signature somebody else has taken the money.
        if (!is_drained.exchange(true))
            static_cast<void>(
                must(own.anvil->rpc("anvil_setBalance", Json::array({own.agent.address, "0x1"}))));
        say(http_reply("200 OK", answer.body));
        return true;
    });
    const auto answer = own.ask("POST", own.transactions(), payment(kPayee, "0.1").dump());
    EXPECT_TRUE(is_drained);
    EXPECT_EQ(answer.status, 422U) << answer.body;
    EXPECT_EQ(own.sent(), 0U);
}

TEST(a25, simulation_and_signature_are_of_the_same_bytes) {
    const World own;
    const auto before = must(own.anvil->rpc("eth_blockNumber", Json::array()));
    const auto answer = own.ask("POST", own.transactions(), payment(kPayee, "0.1").dump());
    ASSERT_EQ(answer.status, 201U) << answer.body;
    const Json made = json_of(answer);
    const auto simulation = json_of(own.ask(
        "GET", "/v1/agents/" + own.agent.id + "/simulations/" + text(made.at("simulation_id"))));
    EXPECT_EQ(simulation.at("block_number"), *must(parse_quantity(text(before))).to_uint64())
        << simulation;
    const auto mined =
        must(own.anvil->rpc("eth_getTransactionByHash", Json::array({made.at("tx_hash")})));
    EXPECT_EQ(mined.at("to"), "0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    EXPECT_EQ(mined.at("value"), "0x16345785d8a0000") << "0.1 ETH, as it was run";
}

}  // namespace
}  // namespace chela::test::security
