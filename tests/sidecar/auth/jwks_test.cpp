#include "sidecar/auth/jwks.hpp"

#include "tests/sidecar/auth/issuer_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

using chela::test::IssuerKey;
using chela::test::jwks_of;
using testing::HasSubstr;

const IssuerKey& rsa() {
    static const IssuerKey key{"RSA", "r"};
    return key;
}
const IssuerKey& ec() {
    static const IssuerKey key{"EC", "e"};
    return key;
}

std::string refusal(const Json& set) {
    const auto keys = parse_jwks(set.dump());
    if (keys) return "taken";
    EXPECT_EQ(keys.error().reason, "E_JWKS");
    return keys.error().detail;
}
Json set_of(const Json& jwk) {
    return {{"keys", Json::array({jwk})}};
}
Json changed(Json jwk, const std::string& name, const Json& value) {
    jwk[name] = value;
    return jwk;
}
Json without(Json jwk, const std::string& name) {
    jwk.erase(name);
    return jwk;
}

TEST(jwks, reads_keys_for_rs256_and_es256) {
    const auto keys = parse_jwks(jwks_of({&rsa(), &ec()}));
    ASSERT_TRUE(keys.has_value()) << keys.error().detail;
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->at("r")->algorithm(), JwsAlgorithm::rs256);
    EXPECT_EQ(keys->at("e")->algorithm(), JwsAlgorithm::es256);
}

TEST(jwks, passes_over_keys_that_are_not_for_these_signatures) {
    for (const auto& other :
         {Json{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "AA"}, {"kid", "o"}},
          Json{{"kty", "EC"}, {"crv", "P-384"}, {"x", "AA"}, {"y", "AA"}, {"kid", "o"}},
          changed(changed(ec().jwk(), "kid", "o"), "use", "enc"),
          changed(changed(ec().jwk(), "kid", "o"), "alg", "ES384"),
          changed(changed(rsa().jwk(), "kid", "o"), "alg", "HS256"),
          changed(changed(rsa().jwk(), "kid", "o"), "alg", "PS256"),
          changed(changed(ec().jwk(), "kid", "o"), "key_ops", Json::array({"sign"}))}) {
        const auto keys = parse_jwks(Json{{"keys", {rsa().jwk(), other}}}.dump());
        ASSERT_TRUE(keys.has_value()) << other;
        EXPECT_EQ(keys->size(), 1U) << other;
        EXPECT_THAT(refusal(set_of(other)), HasSubstr("no key for RS256 or ES256")) << other;
    }
}

TEST(jwks, refuses_a_key_that_is_malformed_or_weak) {
    for (const auto& bad :
         {changed(rsa().jwk(), "e", "AQ"), changed(rsa().jwk(), "e", "Ag"),
          changed(rsa().jwk(), "n", "AQAB"), changed(rsa().jwk(), "n", 5),
          changed(rsa().jwk(), "n", "AA" + rsa().jwk()["n"].get<std::string>()),
          changed(rsa().jwk(), "n", rsa().jwk()["n"].get<std::string>() + "="),
          without(rsa().jwk(), "e"), IssuerKey{"RSA1024", "w"}.jwk(),
          changed(ec().jwk(), "x", ec().jwk()["y"]), changed(ec().jwk(), "y", "AQAB"),
          without(ec().jwk(), "x")})
        EXPECT_THAT(refusal(set_of(bad)), HasSubstr("malformed or too weak")) << bad;
}

TEST(jwks, refuses_a_set_that_shows_a_private_key) {
    EXPECT_THAT(refusal(set_of(changed(ec().jwk(), "d", "AA"))), HasSubstr("private"));
    EXPECT_THAT(refusal(set_of({{"kty", "oct"}, {"k", "AA"}, {"kid", "s"}})), HasSubstr("private"));
}

TEST(jwks, refuses_a_set_in_which_a_kid_says_nothing) {
    EXPECT_THAT(refusal({{"keys", {ec().jwk(), ec().jwk()}}}), HasSubstr("same kid twice"));
    EXPECT_THAT(refusal(set_of(without(ec().jwk(), "kid"))), HasSubstr("without kid"));
    EXPECT_THAT(refusal(set_of(changed(ec().jwk(), "kid", ""))), HasSubstr("without kid"));
}

TEST(jwks, refuses_what_is_no_key_set) {
    EXPECT_THAT(refusal(Json::array()), HasSubstr("not an object"));
    EXPECT_THAT(refusal(Json::object()), HasSubstr("not an object"));
    EXPECT_THAT(refusal({{"keys", 1}}), HasSubstr("not an object"));
    EXPECT_THAT(refusal({{"keys", {1}}}), HasSubstr("without kty"));
    EXPECT_THAT(refusal({{"keys", Json::array()}}), HasSubstr("no key"));
    EXPECT_THAT(refusal({{"keys", std::vector<Json>(65, ec().jwk())}}), HasSubstr("over 64 keys"));
    EXPECT_FALSE(parse_jwks("{\"keys\":[],\"keys\":[]}").has_value());
    EXPECT_FALSE(parse_jwks(std::string(kMaxJwksBytes + 1, ' ')).has_value());
}

TEST(jwks, knows_no_other_algorithm) {
    for (const char* name : {"none", "HS256", "RS384", "PS256", "ES384", "EdDSA", "rs256", ""}) {
        const auto algorithm = parse_algorithm(name);
        ASSERT_FALSE(algorithm.has_value()) << name;
        EXPECT_EQ(algorithm.error().reason, "E_TOKEN_ALGORITHM") << name;
    }
}

}  // namespace
}  // namespace chela::sidecar::auth
