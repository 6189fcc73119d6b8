// Identities whose authority is elsewhere: a second chela.
#include "tests/e2e/support/front.hpp"
#include "tests/e2e/support/readme.hpp"
#include "tests/e2e/support/scripted_authority.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class authority : public testing::Test {
protected:
    void SetUp() override { behind.start(); }

    std::string url() const { return fmt::format("http://127.0.0.1:{}", behind.port()); }
    Json theirs() const {
        return json_of(must(behind.tcp().request(
                           "GET", "/v1/agents/" + agent.id + "/transactions",
                           {{"Authorization", "Bearer " + behind.token_for(agent)}})))
            .at("transactions");
    }

    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar behind{anvil->url()};
    TestAgent agent = behind.create_agent(*anvil, {"--to", kPayee, "--max-value", "0.4"});
};

TEST_F(authority, signs_what_the_chela_in_front_has_allowed_and_nothing_reaches_the_agent) {
    Front front{*anvil, url(), agent};
    const auto made = front.enlist();
    ASSERT_EQ(made.status.code, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr(agent.address));
    EXPECT_THAT(made.out, HasSubstr("at " + url()));
    front.sidecar.start();
    const auto before = balance_of(*anvil, kPayee);
    const auto paid = front.pay("0.25", "invoice-1");
    ASSERT_EQ(paid.status, 201U) << paid.body;
    const auto done = front.wait_for(json_of(paid), "confirmed");
    EXPECT_NE(balance_of(*anvil, kPayee), before);
    const auto there = theirs();
    ASSERT_EQ(there.size(), 1U);
    EXPECT_EQ(there[0].at("tx_hash"), done.at("tx_hash"));
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
    EXPECT_EQ(json_of(front.me()).at("evm_address"), agent.address);
    const auto again = front.pay("0.25", "invoice-1");
    EXPECT_EQ(again.status, 200U) << again.body;
    EXPECT_EQ(transactions_of(*anvil, agent.address), 1U);
    for (const auto& said : {paid.body, done.dump(), front.me().body, front.sidecar.log()}) {
        EXPECT_THAT(said, Not(HasSubstr("eyJ")));
        EXPECT_THAT(said, Not(HasSubstr(agent.api_key)));
    }
    EXPECT_EQ(front.sidecar.cli({"doctor"}).status.code, 0) << front.sidecar.cli({"doctor"}).out;
    EXPECT_THAT(front.sidecar.cli({"doctor"}).out, HasSubstr("which says so"));
}

TEST_F(authority, is_what_the_readmes_client_of_the_intents_api_had_before) {
    Front front{*anvil, url(), agent};
    ASSERT_EQ(front.enlist().status.code, 0);
    front.sidecar.start();
    const auto program = with(
        with(
            readme_block("Run it as a sidecar for an Intents API client", "js"), "127.0.0.1:8787",
            fmt::format("127.0.0.1:{}", front.sidecar.port())),
        "chain: \"base\"", "chain: \"anvil\"");
    const TempDir home;
    std::ofstream{home.path() / "client.mjs"} << program;
    ProcessOptions options;
    options.argv = {"node", (home.path() / "client.mjs").string()};
    options.environment = {{"CHELA_TOKEN", kClientToken}};
    const auto output = must(run(std::move(options), std::chrono::seconds{60}));
    EXPECT_EQ(output.out, "201 broadcast\n") << output.err;
    EXPECT_EQ(theirs().size(), 1U);
}

TEST_F(authority, is_not_asked_for_what_the_local_policy_denies) {
    Front front{*anvil, url(), agent};
    ASSERT_EQ(front.enlist({"--to", kPayee, "--max-value", "0.1"}).status.code, 0);
    front.sidecar.start();
    const auto denied = front.pay("0.2");
    EXPECT_EQ(denied.status, 403U) << denied.body;
    EXPECT_EQ(json_of(denied).at("code"), "E_VALUE_OVER_LIMIT");
    EXPECT_EQ(theirs().size(), 0U);
}

TEST_F(authority, that_denies_has_the_last_word_and_the_nonce_is_free_again) {
    Front front{*anvil, url(), agent};
    ASSERT_EQ(front.enlist().status.code, 0);
    front.sidecar.start();
    const auto denied = front.pay("0.45");
    EXPECT_EQ(denied.status, 403U) << denied.body;
    EXPECT_EQ(json_of(denied).at("code"), "E_AUTHORITY_DENIED");
    EXPECT_THAT(denied.body, HasSubstr("E_VALUE_OVER_LIMIT"));
    const auto paid = front.pay("0.1");
    ASSERT_EQ(paid.status, 201U) << paid.body;
    EXPECT_EQ(front.wait_for(json_of(paid), "confirmed").at("nonce"), 0);
}

TEST_F(authority, signs_one_after_the_other_also_when_they_come_at_once) {
    Front front{*anvil, url(), agent};
    ASSERT_EQ(front.enlist().status.code, 0);
    front.sidecar.start();
    std::vector<Json> all;
    for (const auto* value : {"0.1", "0.11", "0.12"}) {
        const auto answer = front.pay(value);
        ASSERT_EQ(answer.status, 201U) << answer.body;
        all.push_back(json_of(answer));
    }
    for (const auto& one : all)
        static_cast<void>(front.wait_for(one, "confirmed"));
    EXPECT_EQ(transactions_of(*anvil, agent.address), 3U);
    EXPECT_EQ(theirs().size(), 3U);
}

TEST_F(authority, whose_key_was_rotated_is_used_again_once_the_new_one_is_in_its_file) {
    Front front{*anvil, url(), agent};
    ASSERT_EQ(front.enlist().status.code, 0);
    front.sidecar.start();
    static_cast<void>(front.wait_for(json_of(front.pay("0.1")), "confirmed"));
    const auto rotated = behind.cli_json({"agent", "rotate-key", agent.id});
    std::ofstream{front.sidecar.dir() / "agent.key"} << text(rotated.at("api_key"));
    agent.api_key = text(rotated.at("api_key"));
    const auto paid = front.pay("0.2");
    ASSERT_EQ(paid.status, 201U) << paid.body;
    static_cast<void>(front.wait_for(json_of(paid), "confirmed"));
}

TEST_F(authority, that_is_away_when_chela_starts_is_taken_up_when_it_comes) {
    Front front{*anvil, url(), agent};
    ASSERT_EQ(front.enlist().status.code, 0);
    const auto port = behind.port();
    ASSERT_EQ(behind.stop().code, 0);
    front.sidecar.start();
    const auto refused = front.pay("0.1");
    EXPECT_EQ(refused.status, 503U) << refused.body;
    EXPECT_EQ(json_of(refused).at("code"), "E_AUTHORITY_UNAVAILABLE");
    behind.start({}, fmt::format("127.0.0.1:{}", port));
    EXPECT_TRUE(eventually([&] { return front.me().status == 200; }, std::chrono::seconds{40}));
    static_cast<void>(front.wait_for(json_of(front.pay("0.1")), "confirmed"));
}

TEST_F(authority, is_asked_for_the_same_again_after_a_kill) {
    Front front{*anvil, url(), agent};
    ASSERT_EQ(front.enlist().status.code, 0);
    static_cast<void>(must(anvil->rpc("evm_setAutomine", Json::array({false}))));
    front.sidecar.start();
    const auto paid = json_of(front.pay("0.1"));
    const auto waits = json_of(front.pay("0.2"));
    front.sidecar.kill();
    front.sidecar.start();
    static_cast<void>(must(anvil->rpc("evm_setAutomine", Json::array({true}))));
    static_cast<void>(must(anvil->rpc("evm_mine", Json::array())));
    static_cast<void>(front.wait_for(paid, "confirmed"));
    static_cast<void>(front.wait_for(waits, "confirmed"));
    EXPECT_EQ(transactions_of(*anvil, agent.address), 2U);
}

TEST(authority_config, of_plain_http_elsewhere_is_refused_with_the_identitys_name) {
    const auto anvil = must(Anvil::start());
    Front front{*anvil, "http://authority.example.org", {ScriptedAuthority::kAgent, "key", "0x0"}};
    const auto made = front.enlist();
    EXPECT_NE(made.status.code, 0);
    EXPECT_THAT(made.err, HasSubstr("identity tester: authority: "));
    EXPECT_THAT(made.err, HasSubstr("https"));
}

}  // namespace
}  // namespace chela::test
