// A18, A19: what chela writes, and what must not be in it.
#include "tests/security/support/peer.hpp"
#include "tests/security/support/world.hpp"

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <sys/stat.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(a18, log_lines_cannot_be_injected_or_coloured) {
    const World own;
    const std::string token = fmt::format("X-Chela-Token: {}\r\n", kClientToken);
    const std::string forged = "%0a%7b%22level%22:%22error%22,%22event%22:%22forged%22%7d";
    for (const std::string& target : std::vector<std::string>{
             "/" + forged, "/v1/agents/" + forged, "/v1/health?x=" + forged, "/%1b[31mred",
             "/v1/agents/%e2%80%a8forged", "/v1/agents/\x1b[2J", "/v1/agents/forged-in-a-path"}) {
        static_cast<void>(own.send(get(target, token)));
    }
    for (const std::string field :
         {"X-Request-Id: forged\x1b[31m", "X-Request-Id: forged", "User-Agent: forged\x1b]0;x\x07",
          "Referer: forged", "traceparent: forged", "Idempotency-Key: forged\xe2\x80\xa8"})
        static_cast<void>(own.send(get("/v1/agents/me", token + field + "\r\n")));
    static_cast<void>(own.send("FORGED /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const std::string evil = "forged\n{\"event\":\"forged\"}\x1b[31m\xe2\x80\xa8\xc2\x9b";
    static_cast<void>(own.ask("POST", "/rpc", call_of(evil, Json::array({evil}))));
    static_cast<void>(own.ask("POST", "/rpc/" + std::string{"forged"}, "{}"));
    static_cast<void>(own.ask(
        "POST", own.transactions(), Json{{"chain", evil}, {"to", evil}, {evil, evil}}.dump()));
    static_cast<void>(own.ask_admin("POST", "/v1/agents", Json{{"name", evil}}.dump()));
    const std::string long_text(100'000, 'L');
    static_cast<void>(own.ask("POST", own.transactions(), Json{{"chain", long_text}}.dump()));

    const std::string log = own.sidecar.log();
    std::istringstream lines{log};
    std::size_t read = 0;
    for (std::string line; std::getline(lines, line); ++read) {
        const auto entry = parse_json(line);
        ASSERT_TRUE(entry && entry->is_object()) << line;
        EXPECT_TRUE(entry->contains("event")) << line;
        EXPECT_NE(entry->value("event", ""), "forged") << line;
        EXPECT_LT(line.size(), 16'384U) << "a field is bounded";
    }
    EXPECT_GT(read, 15U);
    for (const char c : log)
        EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    EXPECT_EQ(log.find("\xe2\x80\xa8"), std::string::npos) << "U+2028";
    EXPECT_EQ(log.find("\xc2\x9b"), std::string::npos) << "a C1 control";
    EXPECT_EQ(log.find("forged-in-a-path"), std::string::npos) << "routes, not paths";
}

class a19 : public testing::Test {
protected:
    static constexpr const char* kNodeKey = "node-key-canary-4f1c0e";

    /// Asks for things that go right and wrong. @return all that came back
    static std::string provoke(World& own) {
        std::string heard;
        const auto keep = [&heard](const HttpAnswer& answer) {
            heard += answer.body;
            for (const auto& [name, value] : answer.headers)
                heard += name + ": " + value + "\n";
        };
        const std::string jwt = own.sidecar.token_for(own.agent);
        keep(own.ask("GET", "/v1/agents/me"));
        keep(own.ask("POST", own.transactions(), payment(kPayee, "0.01").dump()));
        keep(own.ask("POST", own.transactions(), payment(kStranger, "0.01").dump()));
        keep(own.ask("POST", "/rpc", call_of("eth_blockNumber", Json::array())));
        // Who names a secret may hear what he named; the log may not.
        for (const std::string& named :
             {std::string{kClientToken}, own.agent.api_key, own.sidecar.admin_key()}) {
            static_cast<void>(own.ask("POST", own.transactions(), "{\"" + named + "\":1}"));
            static_cast<void>(own.ask("POST", "/rpc", call_of("eth_call", Json::array({named}))));
            static_cast<void>(own.ask("POST", "/rpc", call_of(named, Json::array())));
        }
        keep(own.ask_admin("GET", "/v1/agents"));
        keep(own.ask_admin("GET", "/v1/webhooks"));
        keep(must(own.sidecar.tcp().request("GET", "/metrics")));
        keep(must(own.sidecar.tcp().request("GET", "/v1/health")));
        keep(must(own.sidecar.tcp().request(
            "GET", "/v1/agents/me", {{"Authorization", "Bearer " + jwt + "x"}})));
        keep(must(own.sidecar.tcp().request(
            "POST", "/v1/auth/agent-token", {},
            Json{{"api_key", own.agent.api_key + "x"}}.dump())));
        own.anvil->process().send(SIGKILL);
        keep(own.ask("POST", own.transactions(), payment(kPayee, "0.01").dump()));
        keep(own.ask("POST", "/rpc", call_of("eth_blockNumber", Json::array())));
        return heard;
    }
};

TEST_F(a19, secrets_are_in_no_answer_log_metric_or_database) {
    World own{
        {{"log:\n", "log:  # noisy\n"}, {"level: info", "level: debug"}},
        [](const LocalNode& anvil) { return anvil.url() + "/" + kNodeKey; }};
    const auto hook = own.ask_admin(
        "POST", "/v1/webhooks",
        Json{{"url", "http://127.0.0.1:1/"}, {"events", {"transaction.*"}}}.dump());
    ASSERT_EQ(hook.status, 201U) << hook.body;
    const std::string heard = provoke(own);
    const std::string log = own.sidecar.log();
    static_cast<void>(own.sidecar.stop());
    const std::string stored =
        read_file(own.sidecar.dir() / "chela.db") + read_file(own.sidecar.dir() / "chela.db-wal");
    ASSERT_GT(log.size(), 1'000U);
    ASSERT_GT(heard.size(), 1'000U);
    const std::vector<std::pair<std::string, std::string>> secrets{
        {"API key", own.agent.api_key},
        {"admin key", own.sidecar.admin_key()},
        {"client token", kClientToken},
        {"PIN", read_file(own.sidecar.dir() / "token.pin")},
        {"JWT key", read_file(own.sidecar.dir() / "jwt-ed25519.pem").substr(40, 24)},
        {"node key", kNodeKey},
        {"webhook secret", text(json_of(hook).at("secret"))}};
    for (const auto& [what, secret] : secrets) {
        ASSERT_GE(secret.size(), 8U) << what;
        EXPECT_EQ(heard.find(secret), std::string::npos) << what << " in an answer";
        EXPECT_EQ(log.find(secret), std::string::npos) << what << " in the log";
        if (what != "webhook secret")
            EXPECT_EQ(stored.find(secret), std::string::npos) << what << " in the database";
    }
}

TEST_F(a19, secrets_are_in_no_crash) {
    TempDir folder;
    World own;
    static_cast<void>(own.sidecar.stop());
    ProcessOptions options;
    options.argv = {own.sidecar.binary(),       "serve",    "--dir",
                    own.sidecar.dir().string(), "--listen", "127.0.0.1:0"};
    options.dir = folder.path();
    const auto process = must(Process::start(std::move(options)));
    ASSERT_TRUE(eventually(
        [&] { return process->err().find("\"ready\"") != std::string::npos; },
        std::chrono::seconds{30}));
    process->send(SIGSEGV);
    const auto status = process->wait(std::chrono::seconds{10});
    ASSERT_TRUE(status);
    EXPECT_EQ(status->signal, SIGSEGV);
    EXPECT_TRUE(fs::is_empty(folder.path())) << "no core file";
    EXPECT_EQ(process->err().find(own.agent.api_key), std::string::npos);
    EXPECT_EQ(process->err().find(kClientToken), std::string::npos);
}

TEST_F(a19, metrics_do_not_grow_with_what_callers_name) {
    const World own{{{"server:\n", "server:\n  rate_limits: {requests: off}\n"}}};
    const auto series = [&] {
        std::istringstream text{must(own.sidecar.tcp().request("GET", "/metrics")).body};
        std::set<std::string> names;
        for (std::string line; std::getline(text, line);)
            names.insert(line.substr(0, line.rfind(' ')));
        return names;
    };
    const auto ask_for = [&](int from, int to) {
        for (int i = from; i < to; ++i) {
            static_cast<void>(own.ask("GET", fmt::format("/bomb/{}", i)));
            static_cast<void>(own.ask("GET", fmt::format("{}/{}", own.transactions(), i)));
            static_cast<void>(
                own.ask("POST", "/rpc", call_of(fmt::format("bomb_{}", i), Json::array())));
            static_cast<void>(own.ask("POST", fmt::format("/rpc/bomb{}", i), "{}"));
        }
    };
    ask_for(0, 3);
    static_cast<void>(series());  // a scrape has series, too
    const auto before = series();
    ASSERT_GT(before.size(), 5U);
    ask_for(3, 100);
    for (const auto& name : series())
        EXPECT_TRUE(before.contains(name)) << name;
    const auto text = must(own.sidecar.tcp().request("GET", "/metrics")).body;
    for (const std::string& label : {std::string{"bomb"}, own.agent.id, own.agent.address})
        EXPECT_EQ(text.find(label), std::string::npos) << label;
}

}  // namespace
}  // namespace chela::test::security
