// Payments that people must agree to, and policy files that change under a running server.
#include "tests/e2e/support/sidecar.hpp"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

constexpr std::chrono::seconds kPatience{30};

/// Payments of more than 0.5 ETH need `people`; more than `cap` ETH a day are not paid.
std::string treasury(
    unsigned version, unsigned people = 1, const char* ttl = "15m", const char* cap = "10") {
    return fmt::format(
        R"(schema: chela.policy/1
id: treasury
version: {}
budgets:
  eth-day: {{asset: native@31337, limit: "{} ETH", window: 24h}}
envelope: {{chains: [31337], tx_types: [2], max_total_fee: "0.05 ETH"}}
permit:
  - {{id: pay, effect: transfer, where: {{asset: native@31337, from: self}}, charge: eth-day}}
review:
  - {{id: big, effect: transfer, where: {{asset: native@31337, amount: {{gt: "0.5 ETH"}}}}, quorum: {{of: operators, m: {}, ttl: {}}}}}
)",
        version, cap, people, ttl);
}

class approvals : public testing::Test {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent;

    void begin(const std::string& policy) {
        write_policy(policy);
        sidecar.edit_config(
            "chains:\n", "policy: {files: [treasury.yaml], watch_interval: 100ms}\nchains:\n");
        sidecar.start();
        agent = sidecar.create_agent(*anvil, {"--policy", "treasury"});
    }
    /// With a rename, as files that are watched are replaced.
    void write_policy(const std::string& text) {
        const auto fresh = sidecar.dir() / "treasury.new";
        std::ofstream{fresh} << text;
        std::filesystem::permissions(fresh, std::filesystem::perms{0600});
        std::filesystem::rename(fresh, sidecar.dir() / "treasury.yaml");
    }
    struct Held {
        std::string intent;
        std::string approval;
    };
    Held hold(const std::string& value = "1") {
        const auto answer = sidecar.submit(agent, payment(kPayee, value));
        EXPECT_EQ(answer.status, 202U) << answer.body << sidecar.log();
        const Json body = json_of(answer);
        EXPECT_EQ(body.value("status", ""), "pending") << answer.body;
        EXPECT_EQ(body.value("state", ""), "awaiting_approval") << answer.body;
        return {text(body.at("id")), text(body.at("approval_id"))};
    }
    Output vote(const char* word, const Held& held, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"approvals", word, held.approval};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return sidecar.cli(std::move(arguments));
    }
    bool log_shows(const std::string& words) {
        return eventually(
            [&] { return sidecar.log().find(words) != std::string::npos; }, kPatience);
    }
    [[nodiscard]] std::string metrics() const {
        return must(sidecar.tcp().request("GET", "/metrics")).body;
    }
    void expect_mined(const Held& held) {
        const Json final = sidecar.wait_final(agent, held.intent);
        EXPECT_EQ(final.at("state"), "confirmed") << final.dump();
        EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
    }
    void expect_denied(const Held& held, const std::string& code) {
        const Json final = sidecar.wait_final(agent, held.intent);
        EXPECT_EQ(final.at("state"), "denied") << final.dump();
        EXPECT_EQ(final.value("error_code", ""), code) << final.dump();
        EXPECT_FALSE(final.contains("nonce"));
        EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);
    }
};

TEST_F(approvals, hold_a_payment_until_an_operator_approves_at_the_command_line) {
    begin(treasury(1));
    const auto held = hold();
    EXPECT_NE(metrics().find("\nchela_approvals_pending 1\n"), std::string::npos);
    const auto list = sidecar.cli({"approvals", "list", "--status", "pending"});
    EXPECT_NE(list.out.find(held.approval), std::string::npos) << list.out << list.err;
    EXPECT_NE(list.out.find("0 of 1"), std::string::npos) << list.out;
    const auto shown = sidecar.cli({"approvals", "show", held.approval});
    EXPECT_EQ(shown.status.code, 0) << shown.err;
    for (const std::string words :
         {held.intent.c_str(), kPayee, "transfer 1 native@31337 from", "\nmax fee   0.",
          "0 of 1 operators", "expires", "why people are asked"})
        EXPECT_NE(shown.out.find(words), std::string::npos) << words << "\n" << shown.out;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);

    const auto said = vote("approve", held, {"--reason", "invoice 17"});
    EXPECT_EQ(said.status.code, 0) << said.err;
    EXPECT_NE(said.out.find("Approved."), std::string::npos) << said.out;
    expect_mined(held);
    const Json decisions =
        sidecar.cli_json({"policy", "explain", "--intent", held.intent}).at("decisions");
    const auto explained = sidecar.cli({"policy", "explain", text(decisions.back().at("id"))});
    EXPECT_NE(explained.out.find("given by local:"), std::string::npos) << explained.out;
    EXPECT_EQ(balance_of(*anvil, kPayee), "10001000000000000000000");
    const Json after = sidecar.cli_json({"approvals", "show", held.approval});
    EXPECT_EQ(after.at("status"), "approved");
    EXPECT_EQ(after.at("decision_reason"), "invoice 17");
    EXPECT_EQ(vote("deny", held).status.code, 73) << "it was decided";
}

TEST_F(approvals, let_a_small_payment_through) {
    begin(treasury(1));
    const auto answer = sidecar.submit(agent, payment(kPayee, "0.5"));
    EXPECT_EQ(answer.status, 201U) << answer.body;
}

TEST_F(approvals, that_are_denied_sign_nothing) {
    begin(treasury(1));
    const auto none = sidecar.cli({"approvals", "list", "--status", "pending"});
    EXPECT_EQ(none.out, "Nothing is pending.\n");
    EXPECT_EQ(sidecar.cli({"approvals", "list"}).out, "Nothing was held for approval.\n");
    const auto held = hold();
    const auto said = vote("deny", held, {"--reason", "not ours"});
    EXPECT_EQ(said.status.code, 0) << said.err;
    expect_denied(held, "E_APPROVAL_REJECTED");
    EXPECT_TRUE(log_shows("\"approval_voted\",\"approval_id\":\"" + held.approval))
        << sidecar.log();
}

TEST_F(approvals, that_nobody_gives_in_time_sign_nothing) {
    begin(treasury(1, 1, "1s"));
    const auto held = hold();
    expect_denied(held, "E_APPROVAL_EXPIRED");
    const auto late = vote("approve", held);
    EXPECT_EQ(late.status.code, 73) << late.out;
    EXPECT_NE(late.err.find("E_APPROVAL_EXPIRED"), std::string::npos) << late.err;
}

TEST_F(approvals, of_two_need_two_different_people) {
    begin(treasury(1, 2));
    const auto key = (sidecar.dir() / "alice.key").string();
    ASSERT_EQ(sidecar.cli({"operator", "add", "alice", "--write-key", key}).status.code, 0);
    const auto held = hold();
    const auto one = vote("approve", held);
    EXPECT_EQ(one.status.code, 0) << one.err;
    EXPECT_NE(one.out.find("1 of 2"), std::string::npos) << one.out;
    const auto twice = vote("approve", held);
    EXPECT_EQ(twice.status.code, 73);
    EXPECT_NE(twice.err.find("E_APPROVAL_VOTED"), std::string::npos) << twice.err;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);
    const auto two = vote("approve", held, {"--key-file", key});
    EXPECT_EQ(two.status.code, 0) << two.err;
    expect_mined(held);
}

TEST_F(approvals, of_an_operator_who_was_removed_count_no_more) {
    begin(treasury(1, 2));
    const auto key = (sidecar.dir() / "alice.key").string();
    ASSERT_EQ(sidecar.cli({"operator", "add", "alice", "--write-key", key}).status.code, 0);
    const auto held = hold();
    ASSERT_EQ(vote("approve", held, {"--key-file", key}).status.code, 0);
    ASSERT_EQ(sidecar.cli({"operator", "remove", "alice"}).status.code, 0);
    EXPECT_EQ(vote("approve", held, {"--key-file", key}).status.code, 77) << "no key any more";
    ASSERT_EQ(vote("approve", held).status.code, 0);
    expect_denied(held, "E_APPROVAL_STALE");
}

TEST_F(approvals, cannot_be_given_by_an_agent_at_any_door) {
    begin(treasury(1));
    const auto held = hold();
    const auto over_http = must(sidecar.tcp().request(
        "POST", "/v1/approvals/" + held.approval + "/decide",
        {{"Authorization", "Bearer " + sidecar.token_for(agent)}}, R"({"decision":"approve"})"));
    EXPECT_EQ(over_http.status, 403U);
    EXPECT_EQ(json_of(over_http).at("code"), "E_APPROVAL_BY_AGENT");
    sidecar.add_identity(agent, "a-local-client-token-of-good-length");
    const auto as_its_user = vote("approve", held);
    EXPECT_EQ(as_its_user.status.code, 77) << as_its_user.out;
    EXPECT_NE(as_its_user.err.find("E_APPROVAL_BY_AGENT"), std::string::npos) << as_its_user.err;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 0U);
    const auto admin = must(sidecar.tcp().request(
        "POST", "/v1/approvals/" + held.approval + "/decide",
        {{"Authorization", "Bearer " + sidecar.admin_key()}}, R"({"decision":"approve"})"));
    EXPECT_EQ(admin.status, 200U) << admin.body;
    expect_mined(held);
}

TEST_F(approvals, are_all_that_an_operators_key_decides) {
    begin(treasury(1));
    const auto file = (sidecar.dir() / "alice.key").string();
    ASSERT_EQ(sidecar.cli({"operator", "add", "alice", "--write-key", file}).status.code, 0);
    const auto ask = [&](const std::string& key, const std::string& method, const std::string& path,
                         const std::string& body) {
        return must(
            sidecar.tcp().request(method, path, {{"Authorization", "Bearer " + key}}, body));
    };
    std::string alice;
    std::getline(std::ifstream{file}, alice);
    for (const auto* body : {R"({"policy":null})", R"({"tx_max_value":null})"}) {
        const auto freed = ask(alice, "PATCH", "/v1/agents/" + agent.id, body);
        EXPECT_EQ(freed.status, 403U) << freed.body;
        EXPECT_EQ(json_of(freed).at("code"), "E_APPROVES_ONLY");
    }
    const auto made = ask(alice, "POST", "/v1/agents", R"({"name":"other"})");
    EXPECT_EQ(json_of(made).at("code"), "E_APPROVES_ONLY");
    const auto on_its_key =
        ask(sidecar.admin_key(), "POST", "/v1/agents",
            Json{{"name", "other"}, {"signing_key", "agent-" + agent.id.substr(0, 8)}}.dump());
    EXPECT_EQ(on_its_key.status, 403U) << on_its_key.body;
    EXPECT_EQ(json_of(on_its_key).at("code"), "E_COMMAND_LINE_ONLY");
    const auto held = hold();
    EXPECT_EQ(
        ask(alice, "POST", "/v1/approvals/" + held.approval + "/decide",
            R"({"decision":"approve"})")
            .status,
        200U);
    expect_mined(held);
}

TEST_F(approvals, of_what_another_policy_would_decide_are_stale) {
    begin(treasury(1));
    const auto held = hold();
    write_policy(treasury(2, 1, "15m", "20"));
    ASSERT_TRUE(log_shows("\"policy_activated\",\"policy\":\"treasury\",\"version\":2"))
        << sidecar.log();
    const auto list = sidecar.cli({"approvals", "list"});
    EXPECT_NE(list.out.find("  stale: the policies changed since\n"), std::string::npos)
        << list.out;
    const auto shown = sidecar.cli({"approvals", "show", held.approval});
    EXPECT_NE(shown.out.find("\nstale     the policies changed since"), std::string::npos)
        << shown.out;
    EXPECT_EQ(sidecar.cli_json({"approvals", "show", held.approval}).at("stale"), true);
    const auto yes = vote("approve", held);
    EXPECT_EQ(yes.status.code, 73) << yes.out;
    EXPECT_NE(yes.err.find("E_APPROVAL_STALE"), std::string::npos) << yes.err;
    const Json waits = sidecar.cli_json({"approvals", "show", held.approval});
    EXPECT_EQ(waits.at("status"), "pending");
    EXPECT_TRUE(waits.at("quorum").at("approved_by").empty()) << "no vote was recorded";
    ASSERT_EQ(vote("deny", held).status.code, 0);
    expect_denied(held, "E_APPROVAL_REJECTED");
    EXPECT_TRUE(log_shows("\"intent_denied\",\"intent_id\":\"" + held.intent)) << sidecar.log();
}

TEST_F(approvals, given_while_the_server_is_dead_release_the_payment_when_it_is_back) {
    begin(treasury(1));
    const auto held = hold();
    sidecar.kill();
    ASSERT_EQ(vote("approve", held).status.code, 0);
    sidecar.start();
    expect_mined(held);
}

TEST_F(approvals, survive_a_bad_policy_file_that_changes_nothing) {
    begin(treasury(1));
    write_policy("schema: chela.policy/1\nid: treasury\nversion: 2\npermits: []\n");
    ASSERT_TRUE(log_shows("\"policy_reload_refused\"")) << sidecar.log();
    EXPECT_TRUE(log_shows("treasury.yaml:4")) << sidecar.log();
    EXPECT_NE(metrics().find("\nchela_policy_reload_failures_total 1\n"), std::string::npos);
    EXPECT_EQ(sidecar.submit(agent, payment(kPayee, "0.1")).status, 201U) << "the old policy holds";
    const auto held = hold();
    ASSERT_EQ(vote("deny", held).status.code, 0);
    write_policy(treasury(2, 1, "15m", "0.2"));
    ASSERT_TRUE(log_shows("\"policy_activated\",\"policy\":\"treasury\",\"version\":2"));
    EXPECT_NE(metrics().find("\nchela_policy_reloads_total 1\n"), std::string::npos);
    const auto over = sidecar.submit(agent, payment(kPayee, "0.11"));
    EXPECT_EQ(over.status, 403U) << "what was spent before the edit counts: " << over.body;
    EXPECT_EQ(sidecar.submit(agent, payment(kPayee, "0.1")).status, 201U);
}

TEST_F(approvals, keep_no_server_running_that_starts_with_a_bad_policy_file) {
    begin(treasury(1));
    EXPECT_EQ(sidecar.stop().code, 0);
    write_policy("schema: chela.policy/1\nid: treasury\nversion: two\n");
    const auto refused = sidecar.cli({"serve"});
    EXPECT_EQ(refused.status.code, 78) << refused.err;
    EXPECT_NE(refused.err.find("treasury.yaml:3"), std::string::npos) << refused.err;
}

TEST_F(approvals, bind_an_agent_only_to_a_policy_that_is_active) {
    begin(treasury(1));
    const auto unknown = sidecar.cli({"agent", "create", "x", "--policy", "unknown"});
    EXPECT_EQ(unknown.status.code, 65);
    EXPECT_NE(unknown.err.find("E_POLICY_UNKNOWN"), std::string::npos) << unknown.err;
    const auto shown = sidecar.cli({"agent", "show", agent.id});
    EXPECT_NE(shown.out.find("policy      treasury (it rules alone"), std::string::npos)
        << shown.out;
    const auto opened = sidecar.cli({"agent", "update", agent.id, "--policy", "none"});
    EXPECT_EQ(opened.status.code, 65) << "it would be held by nothing";
    EXPECT_NE(opened.err.find("E_UNRESTRICTED"), std::string::npos) << opened.err;
    EXPECT_EQ(
        sidecar.cli({"agent", "update", agent.id, "--policy", "none", "--to", kPayee}).status.code,
        0);
}

TEST_F(approvals, need_an_operator_to_be_left) {
    const auto last = sidecar.cli({"operator", "remove", "first"});
    EXPECT_EQ(last.status.code, 73);
    EXPECT_NE(last.err.find("E_LAST_OPERATOR"), std::string::npos) << last.err;
    const auto bob = sidecar.cli({"operator", "add", "bob"});
    ASSERT_EQ(bob.status.code, 0) << bob.err;
    EXPECT_NE(bob.out.find("\nOperator's key, shown this once:"), std::string::npos) << bob.out;
    EXPECT_EQ(sidecar.cli({"operator", "remove", "first"}).status.code, 73) << "bob only approves";
    EXPECT_EQ(sidecar.cli({"operator", "remove", "bob"}).status.code, 0);
    const auto alice = sidecar.cli({"operator", "add", "alice", "--admin"});
    ASSERT_EQ(alice.status.code, 0) << alice.err;
    EXPECT_NE(alice.out.find("\nAdmin key, shown this once:"), std::string::npos) << alice.out;
    EXPECT_EQ(sidecar.cli({"operator", "add", "alice"}).status.code, 73);
    EXPECT_EQ(sidecar.cli({"operator", "add", "a b"}).status.code, 65);
    EXPECT_EQ(sidecar.cli({"operator", "remove", "first"}).status.code, 0);
    const Json left = sidecar.cli_json({"operator", "list"}).at("operators");
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].at("name"), "alice");
}

}  // namespace
}  // namespace chela::test
