#include "sidecar/auth/service_accounts.hpp"

#include "tests/sidecar/auth/issuer_key.hpp"
#include "tests/sidecar/auth/scripted_authority.hpp"
#include "tests/sidecar/await.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

using namespace std::chrono_literals;
using chela::test::IssuerKey;
using chela::test::jwks_of;

constexpr const char* kIssuer = "https://issuer.example";

const IssuerKey& rsa() {
    static const IssuerKey key{"RSA", "r"};
    return key;
}
const IssuerKey& ec() {
    static const IssuerKey key{"EC", "e"};
    return key;
}

/// A verifier whose issuer is a script, and whose clocks stand still.
class service_accounts : public testing::Test {
protected:
    service_accounts() { answer = jwks_of({&rsa(), &ec()}); }

    [[nodiscard]] std::int64_t seconds_from_now(std::chrono::seconds span) const {
        return std::chrono::floor<std::chrono::seconds>(clock->time + span)
            .time_since_epoch()
            .count();
    }
    [[nodiscard]] Json claims() const {
        return {
            {"iss", kIssuer},
            {"aud", {"chela"}},
            {"sub", "system:serviceaccount:agents:trader"},
            {"exp", seconds_from_now(600s)},
            {"nbf", seconds_from_now(0s)},
            {"iat", seconds_from_now(0s)},
            {"jti", "1"},
            {"kubernetes.io",
             {{"namespace", "agents"},
              {"serviceaccount", {{"name", "trader"}, {"uid", "u"}}},
              {"pod", {{"name", "p"}, {"uid", "u"}}}}}};
    }
    [[nodiscard]] Json claims_with(const std::string& name, const Json& value) const {
        auto changed = claims();
        if (value.is_null()) {
            changed.erase(name);
        } else {
            changed[name] = value;
        }
        return changed;
    }
    Result<ServiceAccount> verify(std::string token) {
        return chela::test::await(
            context, verifier.verify(std::move(token), std::chrono::steady_clock::now() + 10s));
    }
    /// "agents/trader", or the reason of the refusal
    std::string outcome(std::string token) {
        const auto account = verify(std::move(token));
        return account ? account->name_space + "/" + account->name : reason_of(account.error());
    }

    boost::asio::io_context context;
    std::shared_ptr<test::FakeClock> clock = std::make_shared<test::FakeClock>();
    Result<std::string> answer;
    int fetches = 0;
    std::chrono::steady_clock::time_point monotonic{1h};
    boost::asio::awaitable<Result<std::string>> fetch() {
        ++fetches;
        boost::asio::steady_timer pause{context, std::chrono::milliseconds{1}};
        co_await pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        co_return answer;
    }
    std::shared_ptr<IssuerKeys> keys = std::make_shared<IssuerKeys>(
        context.get_executor(),
        [this](Deadline) { return fetch(); },
        IssuerKeys::Options{.now = [this] { return monotonic; }},
        nullptr);
    ServiceAccounts verifier{keys, clock, {kIssuer, "chela"}};
};

TEST_F(service_accounts, knows_an_account_by_a_token_of_its_issuer) {
    EXPECT_EQ(outcome(rsa().sign(claims())), "agents/trader");
    EXPECT_EQ(outcome(ec().sign(claims())), "agents/trader");
    EXPECT_EQ(outcome(rsa().sign(claims_with("aud", "chela"))), "agents/trader");
    EXPECT_EQ(outcome(rsa().sign(claims_with("aud", {"other", "chela"}))), "agents/trader");
    EXPECT_EQ(outcome(rsa().sign(claims_with("nbf", nullptr))), "agents/trader");
    EXPECT_EQ(
        outcome(rsa().sign(Json{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "r"}}, claims().dump())),
        "agents/trader");
    EXPECT_EQ(fetches, 1);
}

TEST_F(service_accounts, refuses_hostile_tokens) {
    const auto with = [this](const std::string& name, const Json& value) {
        return rsa().sign(claims_with(name, value));
    };
    const auto headed = [this](const Json& header) { return rsa().sign(header, claims().dump()); };
    const auto good = rsa().sign(claims());
    const auto cut = good.substr(0, good.rfind('.'));
    const IssuerKey forger{"RSA", "r"};
    const IssuerKey stranger{"RSA", "x"};
    const std::vector<std::tuple<std::string, std::string, std::string>> table{
        {"another key under a known kid", forger.sign(claims()), "E_TOKEN_SIGNATURE"},
        {"a kid that the issuer does not have", stranger.sign(claims()), "E_TOKEN_SIGNATURE"},
        {"no signature", cut + ".", "E_TOKEN_SIGNATURE"},
        {"alg none", "eyJhbGciOiJub25lIiwia2lkIjoiciJ9" + cut.substr(cut.find('.')) + ".",
         "E_TOKEN_ALGORITHM"},
        {"HS256", headed({{"alg", "HS256"}, {"kid", "r"}}), "E_TOKEN_ALGORITHM"},
        {"PS256", headed({{"alg", "PS256"}, {"kid", "r"}}), "E_TOKEN_ALGORITHM"},
        {"RS256 with the kid of an EC key", headed({{"alg", "RS256"}, {"kid", "e"}}),
         "E_TOKEN_ALGORITHM"},
        {"ES256 with the kid of an RSA key", headed({{"alg", "ES256"}, {"kid", "r"}}),
         "E_TOKEN_ALGORITHM"},
        {"no alg", headed({{"kid", "r"}}), "E_TOKEN_ALGORITHM"},
        {"alg twice in effect", headed({{"alg", {"RS256"}}, {"kid", "r"}}), "E_TOKEN_ALGORITHM"},
        {"no kid", headed({{"alg", "RS256"}}), "E_TOKEN_MALFORMED"},
        {"its own key", headed({{"alg", "RS256"}, {"kid", "r"}, {"jwk", forger.jwk()}}),
         "E_TOKEN_MALFORMED"},
        {"its own key's place",
         headed({{"alg", "RS256"}, {"kid", "r"}, {"jku", "https://evil.example"}}),
         "E_TOKEN_MALFORMED"},
        {"crit", headed({{"alg", "RS256"}, {"kid", "r"}, {"crit", {"exp"}}}), "E_TOKEN_MALFORMED"},
        {"another type", headed({{"alg", "RS256"}, {"kid", "r"}, {"typ", "at+jwt"}}),
         "E_TOKEN_MALFORMED"},
        {"another issuer", with("iss", "https://issuer.example/"), "E_TOKEN_ISSUER"},
        {"another audience", with("aud", "https://kubernetes.default.svc"), "E_TOKEN_AUDIENCE"},
        {"an audience that begins alike", with("aud", "chela2"), "E_TOKEN_AUDIENCE"},
        {"no audience", with("aud", nullptr), "E_TOKEN_MALFORMED"},
        {"an empty audience", with("aud", Json::array()), "E_TOKEN_AUDIENCE"},
        {"an audience of numbers", with("aud", {1}), "E_TOKEN_MALFORMED"},
        {"expired", with("exp", seconds_from_now(-11s)), "E_TOKEN_EXPIRED"},
        {"never expires", with("exp", nullptr), "E_TOKEN_MALFORMED"},
        {"expires as text", with("exp", "9999999999"), "E_TOKEN_MALFORMED"},
        {"expires as a fraction", with("exp", 9999999999.5), "E_TOKEN_MALFORMED"},
        {"expires beyond all time", with("exp", 999'999'999'999), "E_TOKEN_MALFORMED"},
        {"negative", with("exp", -1), "E_TOKEN_MALFORMED"},
        {"not yet", with("nbf", seconds_from_now(11s)), "E_TOKEN_NOT_YET_VALID"},
        {"issued in the future", with("iat", seconds_from_now(11s)), "E_TOKEN_NOT_YET_VALID"},
        {"nbf as text", with("nbf", "0"), "E_TOKEN_MALFORMED"},
        {"no kubernetes.io", with("kubernetes.io", nullptr), "E_TOKEN_MALFORMED"},
        {"no account", with("kubernetes.io", {{"namespace", "agents"}}), "E_TOKEN_MALFORMED"},
        {"an account that is not the subject", with("sub", "system:serviceaccount:agents:other"),
         "E_TOKEN_MALFORMED"},
        {"a namespace that is smuggled into the name",
         with(
             "kubernetes.io",
             {{"namespace", "agents:trader"}, {"serviceaccount", {{"name", "x"}}}}),
         "E_TOKEN_MALFORMED"},
        {"a claim twice",
         rsa().sign(
             Json{{"alg", "RS256"}, {"kid", "r"}},
             "{\"iss\":\"https://evil.example\"," + claims().dump().substr(1)),
         "E_TOKEN_MALFORMED"},
        {"claims that are a list", rsa().sign(Json{{"alg", "RS256"}, {"kid", "r"}}, "[]"),
         "E_TOKEN_MALFORMED"},
        {"padding", good + "=", "E_TOKEN_MALFORMED"},
        {"four parts", good + ".", "E_TOKEN_MALFORMED"},
        {"two parts", cut, "E_TOKEN_MALFORMED"},
        {"nothing", "", "E_TOKEN_MALFORMED"},
        {"long", good + std::string(9'000, 'A'), "E_TOKEN_MALFORMED"},
    };
    for (const auto& [what, token, expected] : table)
        EXPECT_EQ(outcome(token), expected) << what;
    EXPECT_EQ(outcome(good), "agents/trader");
    EXPECT_EQ(fetches, 1) << "none of them made chela ask again";
}

TEST_F(service_accounts, allows_the_issuers_clock_to_be_a_little_off) {
    EXPECT_EQ(outcome(ec().sign(claims_with("exp", seconds_from_now(-9s)))), "agents/trader");
    EXPECT_EQ(outcome(ec().sign(claims_with("nbf", seconds_from_now(10s)))), "agents/trader");
}

TEST_F(service_accounts, are_looked_at_only_if_the_issuer_is_theirs) {
    EXPECT_TRUE(verifier.is_issuer_of(rsa().sign(claims())));
    EXPECT_FALSE(verifier.is_issuer_of(rsa().sign(claims_with("iss", "https://other.example"))));
    EXPECT_FALSE(verifier.is_issuer_of(rsa().sign(claims_with("iss", nullptr))));
    EXPECT_FALSE(verifier.is_issuer_of("ocv_key"));
    EXPECT_FALSE(verifier.is_issuer_of(""));
    EXPECT_EQ(fetches, 0);
}

TEST_F(service_accounts, learn_a_new_key_with_one_fetch_for_all_who_wait) {
    ASSERT_EQ(outcome(rsa().sign(claims())), "agents/trader");
    monotonic += 31s;
    const IssuerKey next{"EC", "next"};
    answer = jwks_of({&next});
    int known = 0;
    for (int i = 0; i < 50; ++i)
        boost::asio::co_spawn(
            context, verifier.verify(next.sign(claims()), std::chrono::steady_clock::now() + 10s),
            [&known](const std::exception_ptr& thrown, const Result<ServiceAccount>& account) {
                if (!thrown && account) ++known;
            });
    ASSERT_TRUE(chela::test::run_until(context, [&known] { return known == 50; }));
    EXPECT_EQ(fetches, 2);
    EXPECT_EQ(outcome(rsa().sign(claims())), "E_TOKEN_SIGNATURE") << "the old key is gone";
    EXPECT_EQ(fetches, 2) << "and asking again has to wait";
}

TEST_F(service_accounts, do_not_hammer_the_issuer_over_unknown_keys) {
    const IssuerKey stranger{"EC", "stranger"};
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(outcome(stranger.sign(claims())), "E_TOKEN_SIGNATURE");
    EXPECT_EQ(fetches, 1);
    monotonic += 31s;
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(outcome(stranger.sign(claims())), "E_TOKEN_SIGNATURE");
    EXPECT_EQ(fetches, 2);
}

TEST_F(service_accounts, do_not_hammer_an_issuer_that_fails) {
    answer = fail(ErrorCode::unavailable, "gone");
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(outcome(ec().sign(claims())), "E_ISSUER_UNAVAILABLE");
    EXPECT_EQ(fetches, 1);
    // 1 s, 2 s, 4 s …
    for (const auto pause : {1s, 2s, 4s, 8s}) {
        const int before = fetches;
        monotonic += pause - 1ms;
        EXPECT_EQ(outcome(ec().sign(claims())), "E_ISSUER_UNAVAILABLE");
        EXPECT_EQ(fetches, before);
        monotonic += 1ms;
        EXPECT_EQ(outcome(ec().sign(claims())), "E_ISSUER_UNAVAILABLE");
        EXPECT_EQ(fetches, before + 1);
    }
    answer = jwks_of({&ec()});
    monotonic += 16s;
    EXPECT_EQ(outcome(ec().sign(claims())), "agents/trader");
}

TEST_F(service_accounts, use_old_keys_on_while_the_issuer_fails_but_not_for_ever) {
    ASSERT_EQ(outcome(ec().sign(claims())), "agents/trader");
    for (const auto& bad :
         {Result<std::string>{fail(ErrorCode::unavailable, "gone")}, Result<std::string>{"{}"},
          Result<std::string>{"<html>"}}) {
        answer = bad;
        monotonic += 7h;
        EXPECT_EQ(outcome(IssuerKey("EC", "x").sign(claims())), "E_TOKEN_SIGNATURE");
        EXPECT_EQ(outcome(ec().sign(claims())), "agents/trader");
    }
    monotonic += 4h;
    EXPECT_EQ(outcome(ec().sign(claims())), "E_ISSUER_UNAVAILABLE");
}

TEST_F(service_accounts, fetch_ahead_and_stop_when_told) {
    verifier.start();
    ASSERT_TRUE(chela::test::run_until(context, [this] { return fetches == 1; }));
    EXPECT_EQ(outcome(ec().sign(claims())), "agents/trader");
    EXPECT_EQ(fetches, 1);
    verifier.stop();
    context.restart();
    context.run_for(10s);
    EXPECT_TRUE(context.stopped()) << "nothing is left to do";
}

}  // namespace
}  // namespace chela::sidecar::auth
