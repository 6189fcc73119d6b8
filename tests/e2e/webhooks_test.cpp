// Webhooks and streams of events of the built binary, with the example receiver at the other end.
#include "tests/e2e/support/sidecar.hpp"

#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

constexpr std::chrono::seconds kPatience{60};

/// examples/clients/webhook_receiver, with a secret of its own file.
class Receiver {
public:
    explicit Receiver(const std::filesystem::path& secret_file, std::uint16_t port = 0) {
        ProcessOptions options;
        options.argv = {"node", CHELA_WEBHOOK_RECEIVER, secret_file.string(), std::to_string(port)};
        process_ = must(Process::start(std::move(options)));
        const bool up = eventually([this] { return !lines().empty(); }, kPatience);
        if (!up) throw std::runtime_error{"the receiver did not start: " + process_->err()};
        port_ = lines().front().at("listening").get<std::uint16_t>();
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/", port_); }
    /// What it took or refused, in order.
    [[nodiscard]] std::vector<Json> events() const {
        auto all = lines();
        all.erase(all.begin());
        return all;
    }
    bool gets(const std::string& type) {
        return eventually(
            [&] {
                for (const auto& event : events())
                    if (event.value("type", "") == type) return true;
                return false;
            },
            kPatience);
    }

private:
    [[nodiscard]] std::vector<Json> lines() const {
        std::vector<Json> out;
        std::istringstream text{process_->out()};
        for (std::string line; std::getline(text, line) && !text.eof();)
            out.push_back(Json::parse(line));
        return out;
    }

    std::unique_ptr<Process> process_;
    std::uint16_t port_{};
};

class webhooks : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent;
    std::filesystem::path secret = sidecar.dir() / "webhook.secret";

    webhooks() {
        sidecar.start();
        agent = sidecar.create_agent(*anvil, {"--to", kPayee, "--max-value", "1"});
    }
    Json create(const std::string& url, const std::string& event = "*") {
        return sidecar.cli_json(
            {"webhook", "create", "--url", url, "--event", event, "--write-secret",
             secret.string()});
    }
    /// A webhook, and the example receiver at its address.
    std::unique_ptr<Receiver> connect(std::string& id) {
        // A first one finds a free port; the secret is known only once the webhook is made.
        const auto probe_secret = sidecar.dir() / "probe.secret";
        std::ofstream{probe_secret} << "unused";
        auto probe = std::make_unique<Receiver>(probe_secret);
        const auto port = probe->port();
        id = text(create(probe->url()).at("webhook").at("id"));
        probe.reset();
        return std::make_unique<Receiver>(secret, port);
    }
    std::string pay() {
        const auto answer = sidecar.submit(agent, payment(kPayee, "0.1"));
        EXPECT_EQ(answer.status, 201U) << answer.body << sidecar.log();
        return text(json_of(answer).at("id"));
    }
    [[nodiscard]] std::string events_of(const std::string& id) const {
        return "/v1/agents/" + agent.id + "/transactions/" + id + "/events";
    }
    [[nodiscard]] Headers as_agent() const {
        return {{"Authorization", "Bearer " + sidecar.token_for(agent)}};
    }
};

TEST_F(webhooks, tell_every_step_of_a_payment_signed_and_in_order) {
    std::string id;
    const auto receiver = connect(id);
    const auto paid = pay();
    ASSERT_TRUE(receiver->gets("transaction.confirmed")) << sidecar.log();
    std::int64_t sequence = 0;
    for (const auto& event : receiver->events()) {
        EXPECT_FALSE(event.contains("refused")) << event.dump();
        EXPECT_EQ(event.at("again"), false) << event.dump();
        EXPECT_EQ(event.at("sequence"), ++sequence);
        EXPECT_EQ(event.at("data").at("transaction_id"), paid);
    }
    const Json last = receiver->events().back().at("data");
    EXPECT_TRUE(last.at("block_number").is_number()) << last.dump();
    EXPECT_EQ(text(last.at("tx_hash")).size(), 66U);
    const auto counted =
        fmt::format("chela_webhook_deliveries_total{{outcome=\"delivered\"}} {}", sequence);
    std::string metrics;
    EXPECT_TRUE(eventually(
        [&] {
            metrics = must(sidecar.tcp().request("GET", "/metrics")).body;
            return metrics.find(counted) != std::string::npos;
        },
        kPatience))
        << metrics;
    const auto shown = sidecar.cli({"webhook", "show", id});
    EXPECT_NE(shown.out.find("transaction.confirmed  204"), std::string::npos) << shown.out;
    EXPECT_EQ(sidecar.stop(), (ExitStatus{0, 0}));
    std::ifstream file{secret};
    std::string value;
    file >> value;
    EXPECT_TRUE(value.starts_with("whsec_"));
    EXPECT_EQ(sidecar.log().find(value.substr(6)), std::string::npos);
}

TEST_F(webhooks, are_tested_and_rotated_at_the_command_line) {
    std::string id;
    const auto receiver = connect(id);
    const auto tested = sidecar.cli({"webhook", "test", id});
    EXPECT_EQ(tested.status.code, 0) << tested.err;
    EXPECT_NE(tested.out.find("HTTP status 204"), std::string::npos) << tested.out;
    EXPECT_TRUE(receiver->gets("webhook.test"));
    const Json rotated = sidecar.cli_json({"webhook", "rotate-secret", id});
    EXPECT_TRUE(text(rotated.at("secret")).starts_with("whsec_"));
    EXPECT_EQ(sidecar.cli({"webhook", "test", id}).status.code, 0)
        << "the receiver knows the old secret only, which signs for a day more";
    const Json off = sidecar.cli_json({"webhook", "update", id, "--inactive"});
    EXPECT_EQ(off.at("is_active"), false);
    const Json list = sidecar.cli_json({"webhook", "list"});
    EXPECT_EQ(list.at("webhooks").size(), 1U);
    EXPECT_EQ(sidecar.cli({"webhook", "delete", id}).status.code, 0);
    EXPECT_EQ(sidecar.cli({"webhook", "list"}).out, "There is no webhook.\n");
    EXPECT_EQ(sidecar.cli({"webhook", "show", id}).status.code, 66);
    const auto wrong =
        sidecar.cli({"webhook", "create", "--url", "http://10.0.0.1/", "--event", "*"});
    EXPECT_EQ(wrong.status.code, 65) << wrong.err;
    EXPECT_NE(wrong.err.find("E_WEBHOOK_URL"), std::string::npos) << wrong.err;
    const auto unknown = sidecar.cli(
        {"webhook", "create", "--url", "https://example.org/", "--event", "transaction.paid"});
    EXPECT_NE(unknown.err.find("transaction.confirmed"), std::string::npos) << unknown.err;

    const auto file = sidecar.dir() / "chat.url";
    std::ofstream{file} << "https://chat.example.org/hooks/T0K3N\n";
    std::filesystem::permissions(file, std::filesystem::perms{0644});
    const auto from_file = [&] {
        return sidecar.cli({"webhook", "create", "--url-file", file.string(), "--event", "*"});
    };
    EXPECT_NE(from_file().err.find("E_FILE_MODE"), std::string::npos) << from_file().err;
    std::filesystem::permissions(file, std::filesystem::perms{0600});
    const auto made = from_file();
    EXPECT_EQ(made.status.code, 0) << made.err;
    EXPECT_NE(made.out.find("https://chat.example.org"), std::string::npos) << made.out;
    EXPECT_EQ(made.out.find("T0K3N"), std::string::npos) << "only where it goes is shown";
    const auto shown = sidecar.cli({"webhook", "list"}).out;
    EXPECT_NE(shown.find("https://chat.example.org"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("T0K3N"), std::string::npos) << shown;
    EXPECT_NE(sidecar.cli({"webhook", "create", "--event", "*"}).status.code, 0);
}

TEST_F(webhooks, skip_nothing_over_a_crash_and_a_receiver_that_was_away) {
    std::string id;
    auto receiver = connect(id);
    const auto port = receiver->port();
    receiver.reset();
    const auto paid = pay();
    static_cast<void>(sidecar.wait_final(agent, paid));
    EXPECT_TRUE(eventually(
        [&] { return sidecar.cli_json({"webhook", "show", id}).at("failures") > 0; }, kPatience));
    sidecar.kill();
    receiver = std::make_unique<Receiver>(secret, port);
    sidecar.start();
    ASSERT_TRUE(receiver->gets("transaction.confirmed")) << sidecar.log();
    std::set<std::int64_t> sequences;
    for (const auto& event : receiver->events())
        sequences.insert(event.at("sequence").get<std::int64_t>());
    EXPECT_EQ(*sequences.begin(), 1);
    EXPECT_EQ(static_cast<std::size_t>(*sequences.rbegin()), sequences.size()) << "no gap";
}

TEST_F(webhooks, have_a_stream_beside_them_that_ends_with_the_transaction) {
    const auto paid = pay();
    auto headers = as_agent();
    headers.emplace_back("Accept", "text/event-stream");
    const auto followed =
        must(sidecar.tcp().request("GET", events_of(paid), headers, {}, kPatience));
    EXPECT_EQ(followed.status, 200U);
    EXPECT_EQ(followed.header("content-type"), "text/event-stream");
    EXPECT_TRUE(followed.body.starts_with("id: 1\nevent: transaction.received\ndata: {"))
        << followed.body;
    EXPECT_NE(followed.body.find("\nevent: transaction.confirmed\n"), std::string::npos);
    headers.emplace_back("Last-Event-ID", "2");
    const auto again = must(sidecar.tcp().request("GET", events_of(paid), headers));
    EXPECT_TRUE(again.body.starts_with("id: 3\n")) << again.body;
    headers.back().second = "99";
    EXPECT_EQ(must(sidecar.tcp().request("GET", events_of(paid), headers)).status, 204U);
    const auto list = must(sidecar.unix_client().request("GET", events_of(paid), as_agent()));
    EXPECT_EQ(json_of(list).at("is_final"), true);
}

TEST_F(webhooks, have_streams_that_do_not_keep_the_server_from_stopping) {
    static_cast<void>(must(anvil->rpc("evm_setAutomine", Json::array({false}))));
    const auto paid = pay();
    ProcessOptions options;
    options.argv = {
        "curl",
        "-sSN",
        "-H",
        "Accept: text/event-stream",
        "-H",
        "Authorization: Bearer " + sidecar.token_for(agent),
        fmt::format("http://127.0.0.1:{}{}", sidecar.port(), events_of(paid))};
    const auto curl = must(Process::start(std::move(options)));
    EXPECT_TRUE(eventually(
        [&] { return curl->out().find("transaction.broadcast") != std::string::npos; }, kPatience))
        << curl->out() << curl->err();
    const auto metrics = must(sidecar.tcp().request("GET", "/metrics")).body;
    EXPECT_NE(metrics.find("\nchela_event_streams 1\n"), std::string::npos);
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(sidecar.stop(), (ExitStatus{0, 0})) << sidecar.log();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{8})
        << "less than the time that requests have to finish";
    EXPECT_EQ(curl->wait(kPatience), (ExitStatus{0, 0})) << curl->err();
}

}  // namespace
}  // namespace chela::test
