// A3, A4, A20, A21: who is calling, and who only says so.
#include "tests/security/support/intruder.hpp"
#include "tests/security/support/peer.hpp"
#include "tests/security/support/world.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

/// In a child: asks over the socket. @return the status divided by 100, or 0: no connection
int status_class_of(const std::string& socket_path, const std::string& request) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return 0;
    if (::write(socket, request.data(), request.size()) < 0) return 0;
    std::array<char, 16> answer{};
    return ::read(socket, answer.data(), answer.size()) > 9 ? answer[9] - '0' : 0;
}

TEST(a03, another_local_user_cannot_open_the_socket) {
    struct stat info{};
    ASSERT_EQ(::lstat(world().sidecar.socket().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0600U);
    EXPECT_EQ(info.st_uid, ::geteuid());
    const auto path = world().sidecar.socket().string();
    EXPECT_EQ(status_class_of(path, get("/v1/agents/me")), 2) << "the agent's own user may";
    if (is_root())
        EXPECT_EQ(as_user(kNobody, [&] { return status_class_of(path, get("/v1/agents/me")); }), 0);
}

TEST(a03, another_local_user_is_nobody_on_an_open_socket) {
    TempDir shared;
    ASSERT_EQ(::chmod(shared.path().c_str(), 0755), 0);
    const auto socket = (shared.path() / "agent.sock").string();
    const uid_t other = ::getuid() + 1;
    Sidecar sidecar{world().anvil->url()};
    const auto agent = sidecar.create_agent(*world().anvil, {"--to", kPayee});
    sidecar.add_identity(agent, kClientToken);
    sidecar.edit_config(fmt::format("uids: [{}]", ::getuid()), fmt::format("uids: [{}]", other));
    sidecar.edit_config("unix_socket: chela.sock", "unix_socket: " + socket);
    sidecar.edit_config("unix_socket_mode: \"0600\"", "unix_socket_mode: \"0666\"");
    sidecar.start();
    const auto body = payment(kPayee, "0.1").dump();
    EXPECT_EQ(status_class_of(socket, get("/v1/agents/me")), 4) << "not even who serves";
    EXPECT_EQ(status_class_of(socket, post("/v1/agents/" + agent.id + "/transactions", body)), 4);
    if (is_root()) {
        EXPECT_EQ(as_user(other, [&] { return status_class_of(socket, get("/v1/agents/me")); }), 2);
        EXPECT_EQ(
            as_user(kNobody, [&] { return status_class_of(socket, get("/v1/agents/me")); }), 4);
    }
}

TEST(a03, another_local_user_needs_the_token_on_tcp) {
    const World own{{{"server:\n", "server:\n  rate_limits: {auth_failures: off}\n"}}};
    const std::string right = kClientToken;
    for (const std::string& fields :
         {std::string{}, std::string{"X-Chela-Token:\r\n"}, std::string{"X-Chela-Token: x\r\n"},
          "X-Chela-Token: " + right.substr(1) + "\r\n", "X-Chela-Token: " + right + "0\r\n",
          "X-Chela-Token: Bearer " + right + "\r\n", "Cookie: X-Chela-Token=" + right + "\r\n",
          "Authorization: Bearer " + right + "\r\n", "Authorization: Basic " + right + "\r\n",
          "Authorization: Bearer " + own.agent.id + "\r\n",
          "Authorization: " + own.agent.api_key + "\r\n",
          "X-Api-Key: " + own.agent.api_key + "\r\n"}) {
        EXPECT_EQ(own.send(get("/v1/agents/me", fields))->status, 401U) << fields;
        EXPECT_EQ(
            own.send(post("/rpc", call_of("eth_accounts", Json::array()), fields))->status, 401U)
            << fields;
    }
    EXPECT_EQ(own.send(get("/v1/agents/me?token=" + right))->status, 401U);
    EXPECT_EQ(own.send(get("/v1/agents/me?X-Chela-Token=" + right))->status, 401U);
}

TEST(a03, another_local_user_cannot_use_an_expired_token) {
    const World own{{{"# default_token_ttl: 15m", "default_token_ttl: 1s"}}};
    const std::string jwt = own.sidecar.token_for(own.agent);
    const auto with = [&] {
        return own.send(get("/v1/agents/me", "Authorization: Bearer " + jwt + "\r\n"));
    };
    EXPECT_EQ(with()->status, 200U);
    EXPECT_TRUE(
        eventually([&] { return with()->code() == "E_TOKEN_EXPIRED"; }, std::chrono::seconds{10}));
}

TEST(a04, guesses_are_locked_out_and_neighbours_are_not) {
    World own;
    std::vector<std::string> codes;
    RawResponse last;
    for (int i = 0; i < 15; ++i) {
        last = *own.send(get("/v1/agents/me", fmt::format("X-Chela-Token: {:032}\r\n", i)));
        codes.push_back(last.code());
    }
    EXPECT_EQ(std::ranges::count(codes, "E_NO_CREDENTIALS"), 10) << "10 at once, then 10 a minute";
    EXPECT_EQ(last.status, 429U);
    EXPECT_EQ(last.code(), "E_AUTH_FAILURES");
    const auto wait = std::stoi(last.header("retry-after"));
    EXPECT_TRUE(wait >= 1 && wait <= 6) << wait;
    // A key guessed at the other doors meets the same lockout, were it the right one.
    const auto fresh = own.sidecar.create_agent(*own.anvil, {"--to", kPayee});
    EXPECT_EQ(
        own.send(post("/v1/auth/agent-token", Json{{"api_key", fresh.api_key}}.dump()))->code(),
        "E_AUTH_FAILURES");
    const auto by_rpc = own.send(post(
        "/rpc", call_of("eth_accounts", Json::array()),
        "Authorization: Bearer " + fresh.api_key + "\r\n"));
    ASSERT_TRUE(by_rpc);
    EXPECT_EQ(by_rpc->status, 429U);
    EXPECT_NE(by_rpc->body.find("-32005"), std::string::npos) << by_rpc->body;
    EXPECT_NE(by_rpc->body.find("E_AUTH_FAILURES"), std::string::npos);
    // Who was let in before goes on: agent, admin, and whoever the kernel names.
    EXPECT_EQ(own.ask("GET", "/v1/agents/me").status, 200U);
    EXPECT_EQ(own.ask_admin("GET", "/v1/agents").status, 200U);
    EXPECT_EQ(own.send_unix(get("/v1/agents/me"))->status, 200U);
    EXPECT_EQ(own.health(), 200U);
}

TEST(a04, timing_does_not_tell_how_much_of_a_token_is_right) {
    const World own{{{"server:\n", "server:\n  rate_limits: {auth_failures: off}\n"}}};
    std::string near = kClientToken;
    near.back() = 'x';
    const std::array guesses{std::string(32, 'z'), near};
    std::array<std::vector<double>, 2> times;
    RawClient client{own.sidecar.port()};
    for (int i = 0; i < 1'000; ++i) {
        for (std::size_t which = 0; which < guesses.size(); ++which) {
            const auto begin = std::chrono::steady_clock::now();
            client.send(get("/v1/agents/me", "X-Chela-Token: " + guesses.at(which) + "\r\n"));
            ASSERT_EQ(client.response()->status, 401U);
            times.at(which).push_back(
                std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
                    .count());
        }
    }
    for (auto& each : times)
        std::ranges::sort(each);
    // The lower quartile: load on the machine only adds.
    const double far_off = times[0][250];
    const double nearly = times[1][250];
    EXPECT_LT(std::abs(far_off - nearly), 0.2 * far_off + 5) << far_off << " µs, " << nearly;
}

TEST(a20, token_of_a_caller_goes_to_no_node) {
    std::unique_ptr<Peer> node;
    std::uint16_t behind = 0;
    node = std::make_unique<Peer>([&behind](const Heard& request, const Say& say) {
        const auto answer = must(HttpClient{HttpClient::Tcp{"127.0.0.1", behind}}.request(
            "POST", "/", {}, request.body));
        say(http_reply("200 OK", answer.body));
    });
    const World own{{}, [&](const LocalNode& anvil) {
                        behind = anvil.port();
                        return node->url();
                    }};
    const std::string jwt = own.sidecar.token_for(own.agent);
    const Headers extra{
        {"Cookie", "cookie-canary"},
        {"X-Api-Key", "key-canary"},
        {"traceparent", "trace-canary"},
        {"Proxy-Authorization", "Basic proxy-canary"}};
    auto with_jwt = extra;
    with_jwt.emplace_back("Authorization", "Bearer " + jwt);
    EXPECT_EQ(
        must(own.sidecar.tcp().request(
                 "POST", "/rpc", with_jwt, call_of("eth_blockNumber", Json::array())))
            .status,
        200U);
    EXPECT_EQ(
        own.ask("POST", own.transactions(), payment(kPayee, "0.1").dump(), extra).status, 201U);
    const auto heard = node->heard();
    ASSERT_GT(heard.size(), 5U);
    for (const auto& request : heard) {
        for (const std::string& secret :
             {jwt, std::string{kClientToken}, own.agent.api_key, own.sidecar.admin_key(),
              std::string{"canary"}}) {
            EXPECT_EQ(request.head.find(secret), std::string::npos) << request.head;
            EXPECT_EQ(request.body.find(secret), std::string::npos) << request.body;
        }
        EXPECT_EQ(request.header("authorization"), "");
    }
}

TEST(a20, token_authorities_are_pinned_by_the_configuration) {
    for (const std::string authority :
         {"http://evil.example", "http://169.254.169.254/", "ftp://127.0.0.1", "file:///etc/passwd",
          "embedded://x", "http://user:pass@evil.example/"}) {
        Sidecar sidecar{world().anvil->url()};
        sidecar.add_identity(
            {"00000000-0000-4000-8000-000000000000", "ocv_" + std::string(43, 'A'), ""},
            kClientToken);
        sidecar.edit_config(
            "api_key_file: agent.key\n",
            "api_key_file: agent.key\n    authority: " + authority + "\n");
        const auto output = sidecar.cli({"serve", "--listen", "127.0.0.1:0"});
        EXPECT_EQ(output.status.code, 78) << authority << output.err;
        EXPECT_NE(output.err.find("authority"), std::string::npos) << output.err;
    }
}

TEST(a20, token_of_an_agent_is_none_of_an_admin_or_of_another_chela) {
    const std::string jwt = world().sidecar.token_for(world().agent);
    const std::string bearer = "Authorization: Bearer " + jwt + "\r\n";
    for (const std::string target : {"/v1/agents", "/v1/webhooks"})
        EXPECT_EQ(world().send(get(target, bearer))->status, 403U) << target;
    Sidecar other{world().anvil->url()};
    other.start();
    EXPECT_EQ(
        must(other.tcp().request("GET", "/v1/agents/me", {{"Authorization", "Bearer " + jwt}}))
            .status,
        401U);
}

TEST(a21, caches_keep_two_agents_apart) {
    World own;
    const auto other = own.sidecar.create_agent(*own.anvil, {"--to", kPayee});
    const std::string other_token = "fedcba9876543210fedcba9876543210";
    std::ofstream{own.sidecar.dir() / "other.key"} << other.api_key;
    std::ofstream{own.sidecar.dir() / "other.token"} << other_token;
    for (const char* file : {"other.key", "other.token"})
        ASSERT_EQ(::chmod((own.sidecar.dir() / file).c_str(), 0600), 0);
    own.sidecar.edit_config(
        "identities:\n",
        fmt::format(
            "identities:\n  other:\n    agent_id: {}\n    api_key_file: other.key\n"
            "    allow:\n      client_token_file: other.token\n",
            other.id));
    static_cast<void>(own.sidecar.stop());
    own.sidecar.start();
    const auto as_other = [&](const std::string& method, const std::string& path,
                              const std::string& body = {}) {
        return must(own.sidecar.tcp().request(
            method, path, {{"X-Chela-Token", other_token}, {"Idempotency-Key", "the-same"}}, body));
    };
    const auto same_key = Headers{{"Idempotency-Key", "the-same"}};
    const std::string body = payment(kPayee, "0.1").dump();
    const auto mine = own.ask("POST", own.transactions(), body, same_key);
    const auto theirs = as_other("POST", "/v1/agents/" + other.id + "/transactions", body);
    ASSERT_EQ(mine.status, 201U) << mine.body;
    ASSERT_EQ(theirs.status, 201U) << theirs.body;
    EXPECT_NE(json_of(mine)["id"], json_of(theirs)["id"]);
    EXPECT_NE(json_of(mine)["tx_hash"], json_of(theirs)["tx_hash"]);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(json_of(own.ask("GET", "/v1/agents/me"))["id"], own.agent.id);
        EXPECT_EQ(json_of(as_other("GET", "/v1/agents/me"))["id"], other.id);
        const auto call = call_of("eth_accounts", Json::array());
        EXPECT_NE(own.ask("POST", "/rpc", call).body, as_other("POST", "/rpc", call).body);
    }
    // Whoever knows the other's ids still does not get what they name.
    const auto id = text(json_of(mine)["id"]);
    for (const std::string& path :
         {own.transactions() + "/" + id, "/v1/agents/" + other.id + "/transactions/" + id,
          own.transactions() + "/" + id + "/events", own.transactions()}) {
        EXPECT_GE(as_other("GET", path).status, 403U) << path;
    }
    EXPECT_GE(as_other("POST", own.transactions() + "/" + id + "/cancel").status, 403U);
}

}  // namespace
}  // namespace chela::test::security
