// What an operator and a kubelet see of the built binary: probes, the admin door, the log, metrics.
#include "tests/e2e/support/sidecar.hpp"
#include "tests/support/log_schema.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <sys/stat.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds kPatience{30};
constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

std::vector<Json> lines_of(const std::string& log) {
    std::vector<Json> out;
    std::istringstream text{log};
    for (std::string line; std::getline(text, line);)
        out.push_back(must(parse_json(line)));
    return out;
}

class ops : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};

    [[nodiscard]] HttpClient admin() const {
        return HttpClient{HttpClient::Unix{sidecar.dir() / "admin.sock"}};
    }
    [[nodiscard]] int status_of(std::vector<std::string> arguments) const {
        return sidecar.cli(std::move(arguments)).status.code;
    }
    /// The last line of that event which has this member.
    [[nodiscard]] Json line(const std::string& event, const char* member, const Json& value) const {
        Json found;
        const auto is_there = [&] {
            for (const auto& one : lines_of(sidecar.log()))
                if (one.value("event", "") == event && one.contains(member) &&
                    one.at(member) == value)
                    found = one;
            return !found.is_null();
        };
        EXPECT_TRUE(eventually(is_there, kPatience)) << sidecar.log();
        return found;
    }
};

TEST_F(ops, are_asked_at_the_command_line_without_curl) {
    EXPECT_EQ(status_of({"health"}), 69);
    EXPECT_EQ(status_of({"wait", "--max", "300ms"}), 75);
    EXPECT_EQ(status_of({"wait", "--max", "soon"}), 64);
    EXPECT_EQ(status_of({"quit"}), 69);
    sidecar.start();
    EXPECT_EQ(status_of({"wait"}), 0);
    for (const auto* which : {"--startup", "--ready", "--live"})
        EXPECT_EQ(status_of({"health", which}), 0) << which;
    EXPECT_EQ(status_of({"health", "--startup", "--live"}), 64);
    const Json ready = sidecar.cli_json({"health"});
    EXPECT_EQ(ready.at("status"), "ready");
    EXPECT_GE(ready.at("components").size(), 5U);
    EXPECT_THAT(sidecar.cli({"health"}).out, HasSubstr("ok    store: writable\n"));
}

TEST_F(ops, find_a_running_chela_whose_admin_door_is_off) {
    sidecar.edit_config("server:\n", "server:\n  admin_socket: off\n");
    sidecar.start();
    EXPECT_FALSE(std::filesystem::exists(sidecar.dir() / "admin.sock"));
    EXPECT_EQ(status_of({"wait"}), 0);
    const auto refused = sidecar.cli({"quit"});
    EXPECT_EQ(refused.status.code, 65);
    EXPECT_THAT(refused.err, HasSubstr("E_ADMIN_OFF"));
}

TEST_F(ops, end_it_by_quit_as_by_sigterm) {
    sidecar.start();
    EXPECT_EQ(must(admin().request("GET", "/quit")).status, 405U);
    EXPECT_TRUE(sidecar.process().is_running());
    EXPECT_EQ(status_of({"quit"}), 0);
    EXPECT_EQ(sidecar.process().wait(kPatience), (ExitStatus{.code = 0, .signal = 0}));
    EXPECT_EQ(line("stopping", "cause", "quit").at("level"), "info");
    EXPECT_FALSE(std::filesystem::exists(sidecar.dir() / "admin.sock"));
}

TEST_F(ops, have_a_door_that_no_agent_has) {
    sidecar.start();
    struct stat info{};
    ASSERT_EQ(::stat((sidecar.dir() / "admin.sock").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    for (const auto& listener : {sidecar.tcp(), sidecar.unix_client()})
        for (const auto* path : {"/quit", "/drain", "/reload", "/config", "/approvals"})
            for (const auto* method : {"GET", "POST"})
                EXPECT_EQ(must(listener.request(method, path)).status, 404U) << path;
    EXPECT_EQ(must(admin().request("GET", "/metrics")).status, 200U);
    EXPECT_EQ(must(admin().request("GET", "/readyz/store")).status, 200U);
    EXPECT_EQ(must(admin().request("GET", "/v1/agents")).status, 404U);
}

TEST_F(ops, drain_by_not_being_ready_while_agents_are_served) {
    const auto agent = sidecar.create_agent(*anvil, {"--unrestricted"});
    sidecar.start();
    EXPECT_EQ(status_of({"drain"}), 0);
    const auto health = sidecar.cli({"health"});
    EXPECT_EQ(health.status.code, 69);
    EXPECT_THAT(health.out, HasSubstr("FAIL  serving: draining"));
    EXPECT_EQ(status_of({"health", "--live"}), 0);
    EXPECT_EQ(sidecar.submit(agent, payment(kPayee, "0.1")).status, 201U);
    EXPECT_EQ(sidecar.stop(), (ExitStatus{.code = 0, .signal = 0}));
}

TEST_F(ops, reload_as_by_sighup_and_hear_what_is_wrong) {
    sidecar.start();
    sidecar.edit_config("level: info", "level: debug");
    EXPECT_EQ(status_of({"reload"}), 0);
    const auto config = json_of(must(admin().request("GET", "/config")));
    EXPECT_EQ(config.at("log").at("level"), "debug");
    EXPECT_EQ(config.at("chains").at("anvil").at("chain_id"), 31337);
    sidecar.edit_config(
        "  unix_socket: chela.sock\n", "  unix_socket: chela.sock\n  drain_timeout: 7s\n");
    const auto later = sidecar.cli({"reload"});
    EXPECT_EQ(later.status.code, 0) << later.err;
    EXPECT_NE(later.out.find("Needs a restart: server.drain_timeout"), std::string::npos)
        << later.out;
    sidecar.edit_config("level: debug", "level: loud");
    const auto refused = sidecar.cli({"reload"});
    EXPECT_EQ(refused.status.code, 78) << refused.err;
    EXPECT_EQ(json_of(must(admin().request("GET", "/config"))).at("log").at("level"), "debug");
    EXPECT_EQ(json_of(must(admin().request("POST", "/reload"))).at("code"), "E_CONFIG");
}

TEST_F(ops, answer_probes_from_outside_and_nothing_else_there) {
    const auto agent = sidecar.create_agent(*anvil, {"--unrestricted"});
    sidecar.add_identity(agent, std::string(40, 't'));
    sidecar.edit_config("log:\n", "health: {listen: \"127.0.0.1:0\"}\nlog:\n");
    sidecar.start();
    const Json listening = line("listening", "health", "127.0.0.1:0");
    const HttpClient probe{HttpClient::Tcp{"127.0.0.1", listening.at("port").get<std::uint16_t>()}};
    const Headers foreign{{"Host", "10.1.2.3:9809"}};
    EXPECT_EQ(status_of({"wait"}), 0);
    for (const auto* path : {"/startupz", "/livez", "/readyz", "/readyz/credentials"}) {
        const auto answer = must(probe.request("GET", path, foreign));
        EXPECT_EQ(answer.status, 200U) << path << answer.body;
        for (const auto& secret :
             {agent.id, agent.address, std::string{"://"}, std::string{"tester"}})
            EXPECT_THAT(answer.body, Not(HasSubstr(secret)));
    }
    for (const auto* path : {"/metrics", "/v1/health", "/v1/agents/me", "/config", "/quit", "/rpc"})
        EXPECT_EQ(must(probe.request("GET", path, foreign)).status, 404U) << path;
    EXPECT_EQ(must(probe.request("POST", "/readyz", foreign)).status, 405U);
}

TEST_F(ops, tell_in_the_log_who_asked_for_what_and_what_came_of_it) {
    const auto agent =
        sidecar.create_agent(*anvil, {"--to", kPayee, "--max-value", "0.5", "--daily-limit", "2"});
    sidecar.add_identity(agent, std::string(40, 't'));
    sidecar.start();
    const auto path = "/v1/agents/" + agent.id + "/transactions";
    const auto client = sidecar.unix_client();
    const Headers traced{{"traceparent", fmt::format("00-{}-00f067aa0ba902b7-01", kTrace)}};
    const auto paid = must(client.request("POST", path, traced, payment(kPayee, "0.1").dump()));
    ASSERT_EQ(paid.status, 201U) << paid.body;
    const Json told = line("http_request", "trace_id", kTrace);
    EXPECT_EQ(told.at("request_id"), paid.header("x-request-id"));
    EXPECT_EQ(told.at("route"), "/v1/agents/{agent_id}/transactions");
    EXPECT_EQ(told.at("caller"), "agent");
    EXPECT_EQ(told.at("agent_id"), agent.id);
    EXPECT_EQ(told.at("intent_id"), json_of(paid).at("id"));
    EXPECT_EQ(told.at("decision_id").get<std::string>().size(), 36U);
    EXPECT_EQ(told.at("code"), "");

    const auto stranger = must(client.request("POST", path, {}, payment(kStranger, "0.1").dump()));
    ASSERT_EQ(stranger.status, 403U);
    EXPECT_EQ(
        line("http_request", "request_id", stranger.header("x-request-id")).at("code"),
        "E_TO_NOT_ALLOWED");
    const Json call{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_canary"}};
    const auto rpc = must(client.request("POST", "/rpc/anvil", {}, call.dump()));
    ASSERT_EQ(rpc.status, 200U);
    EXPECT_EQ(
        line("http_request", "request_id", rpc.header("x-request-id")).at("code"), "E_METHOD");
    const auto nobody = must(sidecar.tcp().request("GET", path));
    ASSERT_EQ(nobody.status, 401U);
    const Json unknown = line("http_request", "request_id", nobody.header("x-request-id"));
    EXPECT_EQ(unknown.at("caller"), "nobody");
    EXPECT_EQ(unknown.at("code"), "E_NO_CREDENTIALS");
}

TEST_F(ops, write_no_line_that_is_not_documented_whatever_agents_send) {
    const auto agent =
        sidecar.create_agent(*anvil, {"--to", kPayee, "--max-value", "0.5", "--daily-limit", "2"});
    sidecar.add_identity(agent, std::string(40, 't'));
    sidecar.edit_config("level: info", "level: debug");
    sidecar.start();
    const auto client = sidecar.unix_client();
    const std::string evil = "/v1/%0a{\"level\":\"error\",\"event\":\"forged\"}%1b[2J";
    static_cast<void>(must(client.request("GET", evil)));
    static_cast<void>(must(client.request(
        "GET", "/v1/agents/me", {{"X-Evil", "\x1b[31m"}, {"traceparent", "00-canary"}})));
    const auto paid = sidecar.submit(agent, payment(kPayee, "0.1"));
    ASSERT_EQ(paid.status, 201U) << paid.body;
    static_cast<void>(sidecar.wait_final(agent, json_of(paid)));
    static_cast<void>(sidecar.submit(agent, payment(kStranger, "0.1")));
    EXPECT_EQ(status_of({"reload"}), 0);
    EXPECT_EQ(sidecar.stop(), (ExitStatus{.code = 0, .signal = 0}));
    const auto schema = read_log_schema(CHELA_EVENTS);
    std::set<std::string> seen;
    for (const auto& one : lines_of(sidecar.log())) {
        EXPECT_EQ(problem_of(schema, one), "") << one.dump();
        seen.insert(one.value("event", ""));
    }
    for (const auto* event :
         {"http_request", "listening", "intent_signed", "intent_denied", "jwt_exchanged",
          "reloaded", "stopped"})
        EXPECT_TRUE(seen.contains(event)) << event;
    EXPECT_THAT(sidecar.log(), Not(HasSubstr("canary")));
    EXPECT_THAT(sidecar.log(), Not(HasSubstr("forged")));
}

TEST_F(ops, count_in_as_many_series_whatever_agents_send) {
    sidecar.start();
    const auto client = sidecar.tcp();
    const auto series = [&] {
        return std::ranges::count(must(client.request("GET", "/metrics")).body, '\n');
    };
    const auto flood = [&](int from) {
        for (int i = from; i < from + 60; ++i) {
            const auto text = std::to_string(i);
            static_cast<void>(client.request("M" + text, "/v1/health"));
            static_cast<void>(client.request("GET", "/p" + text + "/q?a=" + text));
            static_cast<void>(client.request("GET", "/readyz/c" + text));
            static_cast<void>(client.request(
                "GET", "/v1/agents/a" + text, {{"Authorization", "Bearer b" + text}}));
            static_cast<void>(client.request("GET", "/livez", {{"Host", "h" + text}}));
            static_cast<void>(client.request(
                "POST", "/rpc/c" + text, {},
                R"({"jsonrpc":"2.0","id":1,"method":"m)" + text + "\"}"));
        }
    };
    flood(0);
    static_cast<void>(series());
    const auto before = series();
    flood(60);
    EXPECT_EQ(series(), before);
    const auto text = must(client.request("GET", "/metrics")).body;
    for (const auto* family :
         {"chela_build_info{version=", "chela_ready{component=\"all\"} 1",
          "chela_http_requests_total{code_class=\"5xx\",method=\"other\",",
          "chela_http_request_duration_seconds_bucket{route=\"unmatched\",",
          "chela_auth_failures_total{reason="})
        EXPECT_THAT(text, HasSubstr(family));
}

}  // namespace
}  // namespace chela::test
