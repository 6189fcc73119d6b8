// Identities whose authority is elsewhere: a second chela, and one that misbehaves.
#include "chains/base/address.hpp"
#include "tests/e2e/support/readme.hpp"
#include "tests/e2e/support/scripted_authority.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <fstream>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::test {
namespace {

using sidecar::http::json_response;
using sidecar::http::Response;
using testing::HasSubstr;
using testing::Not;
using Route = ScriptedAuthority::Route;
using Call = ScriptedAuthority::Call;

constexpr const char* kClientToken = "0123456789abcdef0123456789abcdef";

/// A chela whose one identity has its authority at `url`.
class Front {
public:
    Front(const LocalNode& node, const std::string& url, const TestAgent& agent)
        : sidecar{node.url()},
          agent_{agent} {
        sidecar.add_identity(agent, kClientToken);
        sidecar.edit_config(
            "    api_key_file: agent.key\n",
            fmt::format("    api_key_file: agent.key\n    authority: {}\n", url));
    }

    Output enlist(const std::vector<std::string>& flags = {"--max-value", "0.5"}) {
        std::vector<std::string> arguments{"agent",   "create", "payer", "--identity", "tester",
                                           "--chain", "anvil",  "--to",  kPayee};
        arguments.insert(arguments.end(), flags.begin(), flags.end());
        return sidecar.cli(arguments);
    }

    HttpAnswer pay(const std::string& value, const std::string& key = {}) const {
        Headers headers{{"Content-Type", "application/json"}};
        if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
        return must(sidecar.unix_client().request(
            "POST", "/v1/agents/" + agent_.id + "/transactions", headers,
            payment(kPayee, value).dump()));
    }

    Json look(const std::string& id) const {
        return json_of(must(sidecar.unix_client().request(
            "GET", "/v1/agents/" + agent_.id + "/transactions/" + id)));
    }

    /// Until its state is one of these.
    Json wait_for(const Json& transaction, const std::string& state) const {
        Json last;
        const bool is_so = eventually(
            [&] {
                last = look(text(transaction.at("id")));
                return last.value("state", "") == state;
            },
            std::chrono::seconds{60});
        if (!is_so) throw std::runtime_error{"it is not " + state + ": " + last.dump()};
        return last;
    }

    HttpAnswer me() const { return must(sidecar.unix_client().request("GET", "/v1/agents/me")); }

    Sidecar sidecar;

private:
    TestAgent agent_;
};

void fund(const LocalNode& node, const std::string& address) {
    static_cast<void>(
        must(node.rpc("hardhat_setBalance", Json::array({address, "0x8ac7230489e80000"}))));
}

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
    ASSERT_EQ(front.enlist({"--max-value", "0.1"}).status.code, 0);
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

/// One that does not behave.
class authority_that : public testing::Test {
protected:
    void SetUp() override { fund(*anvil, scripted.address()); }

    void serve() {
        const auto made = front.enlist();
        ASSERT_EQ(made.status.code, 0) << made.err;
        front.sidecar.start();
    }
    /// Nothing that it said is told on.
    void expect_silence(const std::string& canary) const {
        EXPECT_THAT(front.sidecar.log(), Not(HasSubstr(canary)));
    }

    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    ScriptedAuthority scripted;
    Front front{
        *anvil,
        scripted.url(),
        {ScriptedAuthority::kAgent, "key-secret-canary", scripted.address()}};
};

TEST_F(authority_that, behaves_is_asked_once_for_a_token_and_once_for_each_signature) {
    serve();
    for (const auto* value : {"0.1", "0.2", "0.3"})
        static_cast<void>(front.wait_for(json_of(front.pay(value)), "confirmed"));
    // One of the command line, one of the server.
    EXPECT_EQ(scripted.calls(Route::token).size(), 2U);
    const auto asked = scripted.calls(Route::sign);
    ASSERT_EQ(asked.size(), 3U);
    EXPECT_NE(asked[0].idempotency_key, asked[1].idempotency_key);
    EXPECT_EQ(asked[0].authorization, "Bearer jwt-2-secret");
    expect_silence("jwt-2-secret");
    expect_silence("key-secret-canary");
}

TEST_F(authority_that, signs_something_else_gets_nothing_sent) {
    serve();
    const TestKey other{"0x4747474747474747474747474747474747474747474747474747474747474747"};
    using Change = std::function<void(chains::Eip1559Transaction&)>;
    const std::vector<Change> changes{
        [](auto& tx) { tx.to = must(parse_address(kStranger)); },
        [](auto& tx) { tx.value.value = U256{1}; },
        [](auto& tx) { tx.nonce.value += 1; },
        [](auto& tx) { tx.chain_id.value = 1; },
        [](auto& tx) { tx.gas_limit.value += 1; },
        [](auto& tx) { tx.max_fee_per_gas.value = U256{7'000'000'000}; },
        [](auto& tx) { tx.data = {1}; }};
    std::vector<ScriptedAuthority::Answer> lies;
    for (const auto& change : changes)
        lies.emplace_back(
            [this, change](const Call& call) { return scripted.sign_changed(call, change); });
    lies.emplace_back([&](const Call& call) { return scripted.sign_with(call, other); });
    lies.emplace_back([](const Call&) { return json_response(200, Json{{"signed_tx", "0x02"}}); });
    lies.emplace_back([](const Call&) { return json_response(200, Json{{"signed_tx", 7}}); });
    lies.emplace_back([](const Call&) { return json_response(200, Json::array()); });
    for (const auto& lie : lies) {
        scripted.answer(Route::sign, lie);
        const auto answer = front.pay("0.1");
        EXPECT_EQ(json_of(answer).at("code"), "E_SIGNATURE_MISMATCH") << answer.body;
        EXPECT_GE(answer.status, 500U);
    }
    EXPECT_EQ(transactions_of(*anvil, scripted.address()), 0U);
    scripted.behave();
    const auto paid = json_of(front.pay("0.1"));
    EXPECT_EQ(front.wait_for(paid, "confirmed").at("nonce"), 0);
}

TEST_F(authority_that, fails_after_it_may_have_signed_is_asked_for_the_very_same_again) {
    serve();
    scripted.answer(Route::sign, [](const Call&) {
        return json_response(500, Json{{"detail", "Bearer jwt-2-secret"}});
    });
    const auto paid = json_of(front.pay("0.1"));
    EXPECT_TRUE(eventually(
        [&] { return scripted.calls(Route::sign).size() >= 2; }, std::chrono::seconds{30}));
    scripted.behave();
    const auto done = front.wait_for(paid, "confirmed");
    const auto asked = scripted.calls(Route::sign);
    for (const auto& one : asked) {
        EXPECT_EQ(one.idempotency_key, asked[0].idempotency_key);
        EXPECT_EQ(one.body, asked[0].body);
    }
    EXPECT_EQ(transactions_of(*anvil, scripted.address()), 1U);
    EXPECT_THAT(done.dump(), Not(HasSubstr("jwt-2-secret")));
    expect_silence("jwt-2-secret");
}

TEST_F(authority_that, waits_for_its_people_keeps_the_payment_waiting) {
    serve();
    scripted.answer(Route::sign, [](const Call&) {
        return json_response(202, Json{{"state", "awaiting_approval"}});
    });
    const auto paid = json_of(front.pay("0.1"));
    EXPECT_TRUE(eventually(
        [&] { return front.look(text(paid.at("id"))).dump().contains("E_AUTHORITY_REVIEW"); },
        std::chrono::seconds{30}));
    scripted.behave();
    static_cast<void>(front.wait_for(paid, "confirmed"));
}

TEST_F(authority_that, takes_a_token_for_none_is_given_a_new_one_once) {
    serve();
    scripted.answer(Route::sign, [this](const Call& call) {
        if (call.authorization == "Bearer jwt-2-secret")
            return json_response(401, Json{{"code", "E_TOKEN_REVOKED"}});
        return scripted.sign(call);
    });
    static_cast<void>(front.wait_for(json_of(front.pay("0.1")), "confirmed"));
    EXPECT_EQ(scripted.calls(Route::token).size(), 3U);
}

TEST_F(authority_that, takes_every_token_for_none_is_not_hammered) {
    serve();
    scripted.answer(Route::sign, [](const Call&) {
        return json_response(401, Json{{"code", "E_TOKEN_REVOKED"}});
    });
    const auto paid = json_of(front.pay("0.1"));
    std::this_thread::sleep_for(std::chrono::seconds{5});
    // At once, after one second and after two more, each with one token and a fresh one.
    EXPECT_LE(scripted.calls(Route::sign).size(), 8U);
    EXPECT_GE(scripted.calls(Route::sign).size(), 2U);
    EXPECT_LE(scripted.calls(Route::token).size(), 10U);
    scripted.behave();
    static_cast<void>(front.wait_for(paid, "confirmed"));
}

TEST_F(authority_that, answers_no_usable_token_lets_nobody_in) {
    serve();
    front.sidecar.stop();
    const std::vector<std::pair<const char*, Response>> bad{
        {"a redirect",
         [] {
             auto answer = json_response(307, Json::object());
             answer.headers.emplace_back("Location", "http://127.0.0.1:1/");
             return answer;
         }()},
        {"no object", json_response(200, Json::array())},
        {"no token", json_response(200, Json{{"expires_in", 900}})},
        {"a token with a line break",
         json_response(200, Json{{"access_token", "a\r\nb"}, {"expires_in", 900}})},
        {"no life", json_response(200, Json{{"access_token", "abc"}})},
        {"a life of nothing", json_response(200, Json{{"access_token", "abc"}, {"expires_in", 0}})},
        {"a life below nothing",
         json_response(200, Json{{"access_token", "abc"}, {"expires_in", -900}})},
        {"a life of a century",
         json_response(200, Json{{"access_token", "abc"}, {"expires_in", 3'153'600'000}})},
        {"another type",
         json_response(
             200, Json{{"access_token", "abc"}, {"expires_in", 900}, {"token_type", "DPoP"}})},
        {"another agent's", json_response(
                                200,
                                Json{
                                    {"access_token", "abc"},
                                    {"expires_in", 900},
                                    {"agent_id", "99999999-2222-4333-8444-555555555555"}})},
        {"two megabytes", json_response(200, Json{{"access_token", std::string(2'000'000, 'a')}})}};
    for (const auto& [name, answer] : bad) {
        SCOPED_TRACE(name);
        scripted.answer(Route::token, [answer](const Call&) { return answer; });
        front.sidecar.start();
        const auto said = front.me();
        EXPECT_EQ(said.status, 502U) << said.body;
        EXPECT_EQ(json_of(said).at("code"), "E_AUTHORITY_ANSWER");
        front.sidecar.stop();
    }
}

TEST_F(authority_that, refuses_the_key_is_not_hammered) {
    serve();
    front.sidecar.stop();
    const auto before = scripted.calls(Route::token).size();
    scripted.answer(Route::token, [](const Call& call) {
        return json_response(401, Json{{"code", "E_API_KEY"}, {"detail", call.body.dump()}});
    });
    front.sidecar.start();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{4};
    unsigned asked = 0;
    while (std::chrono::steady_clock::now() < end) {
        const auto refused = front.me();
        EXPECT_EQ(refused.status, 401U);
        EXPECT_THAT(refused.body, Not(HasSubstr("canary")));
        ++asked;
    }
    EXPECT_GT(asked, 20U);
    // At 0, 1 and 3 seconds.
    EXPECT_LE(scripted.calls(Route::token).size() - before, 4U);
    expect_silence("key-secret-canary");
}

TEST_F(authority_that, asks_to_be_left_alone_is) {
    serve();
    front.sidecar.stop();
    const auto before = scripted.calls(Route::token).size();
    scripted.answer(Route::token, [](const Call&) {
        auto answer = json_response(429, Json::object());
        answer.headers.emplace_back("Retry-After", "60");
        return answer;
    });
    front.sidecar.start();
    EXPECT_EQ(front.me().status, 503U);
    std::this_thread::sleep_for(std::chrono::seconds{3});
    EXPECT_EQ(front.me().status, 503U);
    EXPECT_EQ(scripted.calls(Route::token).size() - before, 1U);
}

TEST_F(authority_that, is_another_one_than_the_key_was_pinned_to_signs_nothing) {
    serve();
    front.sidecar.stop();
    const ScriptedAuthority impostor;
    front.sidecar.edit_config(scripted.url(), impostor.url());
    front.sidecar.start();
    const auto refused = front.pay("0.1");
    EXPECT_EQ(json_of(refused).at("code"), "E_AUTHORITY_CHANGED") << refused.body;
    EXPECT_EQ(impostor.calls(Route::sign).size(), 0U);
}

TEST_F(authority_that, is_asked_for_a_message_is_not_asked_at_all) {
    serve();
    const auto answer = must(front.sidecar.unix_client().request(
        "POST", std::string{"/v1/agents/"} + ScriptedAuthority::kAgent + "/sign",
        {{"Content-Type", "application/json"}},
        Json{{"intent_type", "personal_sign"}, {"chain", "anvil"}, {"message", "hello"}}.dump()));
    EXPECT_GE(answer.status, 400U);
    EXPECT_EQ(scripted.calls(Route::sign).size(), 0U);
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
