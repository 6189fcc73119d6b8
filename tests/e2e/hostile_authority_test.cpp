// Identities whose authority is elsewhere: one that misbehaves.
#include "chains/base/address.hpp"
#include "tests/e2e/support/front.hpp"
#include "tests/e2e/support/scripted_authority.hpp"

#include <fstream>
#include <thread>

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

/// One that does not behave.
class authority_that : public testing::Test {
protected:
    void SetUp() override { fund(*anvil, scripted.address()); }

    void serve() {
        const auto made = front.enlist();
        ASSERT_EQ(made.status.code, 0) << made.err;
        front.sidecar.start();
    }
    /// A payment that is asked for with this answer until it is asked for again, and then signed.
    /// @return the payment, confirmed, after the very same was asked for each time
    Json pay_after(const ScriptedAuthority::Answer& answer) {
        scripted.answer(Route::sign, answer);
        const auto paid = json_of(front.pay("0.1"));
        EXPECT_TRUE(eventually(
            [&] { return scripted.calls(Route::sign).size() >= 2; }, std::chrono::seconds{30}));
        scripted.behave();
        auto done = front.wait_for(paid, "confirmed");
        const auto asked = scripted.calls(Route::sign);
        for (const auto& one : asked) {
            EXPECT_EQ(one.idempotency_key, asked[0].idempotency_key);
            EXPECT_EQ(one.body, asked[0].body);
        }
        return done;
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
    lies.reserve(changes.size() + 4);
    for (const auto& change : changes)
        lies.emplace_back(
            [this, change](const Call& call) { return scripted.sign_changed(call, change); });
    lies.emplace_back([&](const Call& call) { return scripted.sign_with(call, other); });
    lies.emplace_back([](const Call&) { return json_response(200, Json{{"signed_tx", "0x02"}}); });
    lies.emplace_back([](const Call&) { return json_response(200, Json{{"signed_tx", 7}}); });
    lies.emplace_back([](const Call&) { return json_response(200, Json::object()); });
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
    const auto done = pay_after(
        [](const Call&) { return json_response(500, Json{{"detail", "Bearer jwt-2-secret"}}); });
    EXPECT_EQ(transactions_of(*anvil, scripted.address()), 1U);
    EXPECT_THAT(done.dump(), Not(HasSubstr("jwt-2-secret")));
    expect_silence("jwt-2-secret");
}

TEST_F(authority_that, has_failed_under_a_key_is_asked_under_others_until_it_signs) {
    serve();
    scripted.answer(Route::sign, [this](const Call& call) {
        for (const auto* failed : {"-0", "-1", "-2"})
            if (call.idempotency_key.ends_with(failed))
                return json_response(200, Json{{"status", "failed"}, {"error_code", "E_TOKEN"}});
        return scripted.sign(call);
    });
    const auto paid = json_of(front.pay("0.1"));
    EXPECT_EQ(front.wait_for(paid, "confirmed").at("nonce"), 0) << "it never was refused";
    EXPECT_EQ(scripted.calls(Route::sign).size(), 4U);
    EXPECT_EQ(transactions_of(*anvil, scripted.address()), 1U);
}

TEST_F(authority_that, answers_nothing_readable_is_asked_for_the_very_same_again) {
    serve();
    static_cast<void>(pay_after([](const Call&) { return json_response(200, Json::array()); }));
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

}  // namespace
}  // namespace chela::test
