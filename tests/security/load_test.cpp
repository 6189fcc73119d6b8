// A10: clients that are slow, many, or both.
#include "tests/security/support/world.hpp"

#include <array>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

/// Of a process, in KiB.
std::size_t resident(pid_t pid) {
    std::ifstream in{fmt::format("/proc/{}/status", pid)};
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    return 0;
}

/// Open connections that this port has accepted; the descriptors of a process that is not dumpable
/// can be counted by nobody but root.
std::size_t connections(std::uint16_t port) {
    std::ifstream in{"/proc/net/tcp"};
    const std::string local = fmt::format("0100007F:{:04X}", port);
    std::size_t found = 0;
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields{line};
        std::string number;
        std::string here;
        std::string there;
        std::string state;
        fields >> number >> here >> there >> state;
        if (here == local && state == "01") ++found;
    }
    return found;
}

TEST(a10, slowloris_of_500_trickling_sockets_stops_nobody) {
    const World own;
    const pid_t pid = own.sidecar.process().pid();
    EXPECT_EQ(own.health(), 200U);
    const auto before = resident(pid);
    ASSERT_GT(before, 0U);
    const std::array openings{
        std::string{"GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX: "},
        std::string{"POST /v1/auth/agent-token HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    "application/json\r\nContent-Length: 1000000\r\n\r\n{"},
        std::string{"POST /v1/auth/agent-token HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    "application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"},
        std::string{}};
    std::vector<RawClient> trickles;
    for (std::size_t i = 0; i < 500; ++i) {
        trickles.emplace_back(own.sidecar.port());
        trickles.back().send(openings.at(i % openings.size()));
        if (i % 25 == 0) EXPECT_EQ(own.health(), 200U) << i << " sockets";
    }
    for (int round = 0; round < 20; ++round) {
        for (auto& trickle : trickles)
            static_cast<void>(trickle.send("a"));
        EXPECT_EQ(own.health(), 200U) << round;
        EXPECT_EQ(own.ask("GET", "/v1/agents/me").status, 200U) << round;
        EXPECT_EQ(own.send_unix(get("/v1/health"))->status, 200U) << round;
    }
    EXPECT_LE(connections(own.sidecar.port()), 64U + 64U);
    EXPECT_LT(resident(pid), before + 48 * 1'024);
}

TEST(a10, slow_headers_and_bodies_are_shed_in_seconds) {
    const std::string head =
        "POST /v1/auth/agent-token HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\n";
    std::vector<std::pair<std::string, unsigned>> slow{
        {"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n", 408},
        {head + "Content-Length: 1000000\r\n\r\n{", 408},
        {head + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", 408}};
    // Here, for what a thread starts ends with that thread.
    const World& shared = world();
    std::vector<std::jthread> waiting;
    for (const auto& [opening, status] : slow) {
        waiting.emplace_back([&shared, &opening, expected = status] {
            const auto begin = std::chrono::steady_clock::now();
            RawClient client{shared.sidecar.port()};
            EXPECT_TRUE(client.send(opening)) << opening;
            const auto answer = client.response();
            const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::steady_clock::now() - begin);
            ASSERT_TRUE(answer) << opening << client.ending() << " after " << took.count()
                                << " ms\n"
                                << shared.sidecar.log();
            EXPECT_EQ(answer->status, expected) << opening;
            EXPECT_LT(took, std::chrono::seconds{9});
        });
    }
}

TEST(a10, slow_readers_fill_their_own_buffers_only) {
    const World own;
    const auto before = resident(own.sidecar.process().pid());
    std::string many;
    for (int i = 0; i < 2'000; ++i)
        many += get("/metrics");
    std::vector<std::unique_ptr<RawClient>> readers;
    std::vector<std::jthread> writing;
    for (int i = 0; i < 20; ++i) {
        readers.push_back(std::make_unique<RawClient>(own.sidecar.port()));
        writing.emplace_back(
            [client = readers.back().get(), part = many.substr(0, many.size() / 10)] {
                static_cast<void>(client->send(part));
            });
    }
    writing.clear();
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(own.health(), 200U);
    EXPECT_LT(resident(own.sidecar.process().pid()), before + 48 * 1'024);
}

TEST(a10, oversized_requests_are_refused_early) {
    EXPECT_EQ(
        world().send(get("/v1/health", "X: " + std::string(17'000, 'a') + "\r\n"))->status, 431U);
    std::string fields;
    for (int i = 0; i < 70; ++i)
        fields += fmt::format("X-{}: y\r\n", i);
    EXPECT_EQ(world().send(get("/v1/health", fields))->status, 431U);
    EXPECT_EQ(world().send(get("/" + std::string(9'000, 'a')))->status, 400U);
    EXPECT_EQ(world().send(get("/v1/health?a=" + std::string(9'000, 'a')))->status, 400U);
    for (const std::string length : {"1048577", "18446744073709551615"}) {
        EXPECT_EQ(
            world()
                .send(
                    "POST /v1/auth/agent-token HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    "application/json\r\nContent-Length: " +
                    length + "\r\n\r\n")
                ->status,
            413U)
            << length;
    }
    const std::string deep(200'000, '[');
    EXPECT_EQ(world().send(post("/v1/auth/agent-token", deep))->status, 400U);
    EXPECT_EQ(world().ask("POST", "/rpc", deep).status, 400U);
}

/// Calls from ten threads at once. @return the answers
std::vector<HttpAnswer> burst(unsigned count, const std::function<HttpAnswer()>& call) {
    std::vector<HttpAnswer> answers(count);
    std::atomic<unsigned> next = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 10; ++i) {
            threads.emplace_back([&] {
                for (unsigned n = next++; n < count; n = next++)
                    answers.at(n) = call();
            });
        }
    }
    return answers;
}

std::size_t count_of(const std::vector<HttpAnswer>& answers, unsigned status) {
    return static_cast<std::size_t>(std::ranges::count(answers, status, &HttpAnswer::status));
}

TEST(a10, floods_of_one_caller_are_limited_by_route_and_hurt_no_other) {
    const World own{{{"server:\n", "server:\n  rate_limits: {requests: 5/s burst 20}\n"}}};
    const auto answers = burst(60, [&] { return own.ask("GET", "/v1/agents/me"); });
    EXPECT_GE(count_of(answers, 429), 20U);
    EXPECT_GE(count_of(answers, 200), 15U);
    for (const auto& answer : answers) {
        if (answer.status != 429) continue;
        EXPECT_EQ(json_of(answer)["code"], "E_RATE_LIMITED");
        EXPECT_EQ(answer.header("retry-after"), "1");
        EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    }
    EXPECT_EQ(own.ask("GET", own.transactions()).status, 200U) << "another route";
    EXPECT_EQ(own.ask_admin("GET", "/v1/agents").status, 200U) << "another caller";
    EXPECT_EQ(own.health(), 200U);
}

TEST(a10, floods_of_json_rpc_get_its_own_error) {
    const World own{{{"server:\n", "server:\n  rate_limits: {requests: 5/s burst 20}\n"}}};
    const auto answers =
        burst(60, [&] { return own.ask("POST", "/rpc", call_of("eth_chainId", Json::array())); });
    EXPECT_GE(count_of(answers, 429), 20U);
    for (const auto& answer : answers) {
        if (answer.status != 429) continue;
        EXPECT_EQ(json_of(answer)["error"]["code"], -32005);
        EXPECT_EQ(json_of(answer)["error"]["data"]["code"], "E_RATE_LIMITED");
        EXPECT_EQ(answer.header("retry-after"), "1");
    }
}

TEST(a10, floods_of_signatures_are_limited_over_all_doors) {
    const World own{{{"server:\n", "server:\n  rate_limits: {signatures: 6/h burst 5}\n"}}};
    std::vector<std::string> codes;
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(
            own.ask("POST", own.transactions(), payment(kStranger, "0.1").dump()).status, 403U);
    const auto fifth = own.ask(
        "POST", "/rpc",
        call_of(
            "eth_sendTransaction",
            Json::array({{{"from", own.agent.address}, {"to", kStranger}, {"value", "0x1"}}})));
    EXPECT_NE(fifth.body.find("E_TO_NOT_ALLOWED"), std::string::npos) << fifth.body;
    const auto rest = own.ask("POST", own.transactions(), payment(kPayee, "0.1").dump());
    EXPECT_EQ(rest.status, 429U);
    EXPECT_EQ(json_of(rest)["code"], "E_SIGNATURE_RATE");
    EXPECT_NE(rest.header("retry-after"), "");
    const auto rpc = json_of(own.ask(
        "POST", "/rpc", call_of("personal_sign", Json::array({"0x00", own.agent.address}))));
    EXPECT_EQ(rpc["error"]["code"], -32005) << rpc;
    EXPECT_EQ(rpc["error"]["data"]["code"], "E_SIGNATURE_RATE");
    EXPECT_EQ(own.ask("GET", "/v1/agents/me").status, 200U);
    EXPECT_EQ(own.sent(), 0U);
}

TEST(a10, floods_of_bundles_and_of_handed_over_transactions_are_floods_of_signatures) {
    const World own{{{"server:\n", "server:\n  rate_limits: {signatures: 6/h burst 2}\n"}}};
    const auto ask = [&own](const std::string& method, const Json& parameters) {
        return json_of(own.ask("POST", "/rpc", call_of(method, parameters)));
    };
    const Json payment = {{"from", own.agent.address}, {"to", kPayee}, {"value", "0x1"}};
    const auto made = ask("eth_signTransaction", Json::array({payment}));
    ASSERT_TRUE(made.contains("result")) << made;
    const auto handed = ask("eth_sendRawTransaction", Json::array({made["result"]}));
    ASSERT_TRUE(handed.contains("result")) << handed;
    const Json bundle = {
        {"version", "2.0.0"},
        {"from", own.agent.address},
        {"chainId", "0x7a69"},
        {"atomicRequired", false},
        {"calls", Json::array({{{"to", kPayee}, {"value", "0x1"}}})}};
    const auto refused = ask("wallet_sendCalls", Json::array({bundle}));
    EXPECT_EQ(refused["error"]["data"]["code"], "E_SIGNATURE_RATE") << refused;
    EXPECT_TRUE(eventually([&] { return own.sent() == 1; }, std::chrono::seconds{10}));
}

TEST(a10, floods_of_the_same_request_are_answered_and_take_nothing_of_the_limit) {
    const World own{{{"server:\n", "server:\n  rate_limits: {signatures: 6/h burst 2}\n"}}};
    const auto pay = [&own](const std::string& key) {
        return own
            .ask(
                "POST", own.transactions(), payment(kPayee, "0.1").dump(),
                {{"Idempotency-Key", key}})
            .status;
    };
    EXPECT_EQ(pay("first"), 201U);
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(pay("first"), 200U);
    EXPECT_EQ(pay("second"), 201U);
    EXPECT_EQ(pay("third"), 429U);
    EXPECT_EQ(pay("second"), 200U);
    EXPECT_EQ(own.sent(), 2U);
}

}  // namespace
}  // namespace chela::test::security
