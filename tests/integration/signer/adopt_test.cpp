// Keys that were made elsewhere: without a public half, or such that they can leave.
#include "signer/pkcs11/attest.hpp"
#include "signer/pkcs11/token.hpp"
#include "tests/integration/signer/raw_token.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/support/approve.hpp"

#include <gtest/gtest.h>

namespace chela::test {
namespace {

using signer::pkcs11::KeyInfo;

const Bytes kId{0x0a, 0x0b};

// A pair made straight in the token; `lone` takes its public half away afterwards.
enum class Halves { both, lone };
KeyInfo make_raw(const SoftToken& soft, Halves halves, RawToken::KeyOptions options = {}) {
    {
        RawToken raw{soft.label()};
        if (raw.login(kUserPin) != CKR_OK) bug("login");
        raw.make_key(kId, "raw", options);
    }
    const auto info = open_token(soft.config())->describe(kId);
    if (!info) bug(info.error().detail);
    if (halves == Halves::lone) RawToken{soft.label()}.destroy_public_half(kId);
    return *info;
}

TEST(adopt, finds_the_public_key_of_a_lone_private_key_by_id_and_by_label) {
    const SoftToken soft;
    const KeyInfo info = make_raw(soft, Halves::lone);
    const auto token = open_token(soft.config());
    EXPECT_EQ(token->describe(kId).error().code, ErrorCode::not_found);
    for (const auto& choice :
         {signer::pkcs11::KeyChoice{.id = kId, .label = {}},
          {.id = {}, .label = "raw"},
          {.id = kId, .label = "raw"}}) {
        const auto adopted = token->adopt(choice);
        ASSERT_TRUE(adopted) << adopted.error().detail;
        EXPECT_EQ(adopted->public_key, info.public_key);
        EXPECT_EQ(adopted->address, info.address);
        EXPECT_EQ(adopted->id, kId);
        EXPECT_EQ(adopted->label, "raw");
        EXPECT_TRUE(adopted->attributes.sensitive);
    }
}

TEST(adopt, gives_a_lone_key_that_signs_and_only_as_the_pinned_one) {
    const SoftToken soft;
    const KeyInfo info = make_raw(soft, Halves::lone);
    const auto token = open_token(soft.config());
    const auto key = token->key(kId, info.public_key);
    ASSERT_TRUE(key) << key.error().detail;
    const auto approved = approve_transfer(info.address, 5);
    const auto signature = (*key)->sign(approved);
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(is_good_signature(approved, *signature, info.public_key));
    EXPECT_TRUE((*key)->probe());

    const auto other = make_key(*token, "other");
    const auto wrong = token->key(kId, other.info.public_key);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_response);
    EXPECT_EQ(wrong.error().reason, "E_KEY_CHANGED");
}

TEST(adopt, takes_a_whole_pair_as_it_is) {
    const SoftToken soft;
    const KeyInfo info = make_raw(soft, Halves::both);
    const auto token = open_token(soft.config());
    const auto adopted = token->adopt({.id = {}, .label = "raw"});
    ASSERT_TRUE(adopted) << adopted.error().detail;
    EXPECT_EQ(adopted->public_key, info.public_key);
}

TEST(adopt, refuses_what_is_not_one_usable_key) {
    const SoftToken soft;
    (void)make_raw(soft, Halves::both, {.extractable = true});
    {
        RawToken raw{soft.label()};
        ASSERT_EQ(raw.login(kUserPin), CKR_OK);
        raw.make_key({0x01}, "twin", {});
        raw.make_key({0x02}, "twin", {});
        raw.make_key({0x03}, "mute", {.sign = false});
    }
    const auto token = open_token(soft.config());
    EXPECT_EQ(token->adopt({}).error().code, ErrorCode::invalid_input);
    EXPECT_EQ(token->adopt({.id = {0x99}, .label = {}}).error().reason, "E_KEY_NOT_FOUND");
    EXPECT_EQ(token->adopt({.id = {}, .label = "twin"}).error().reason, "E_KEY_AMBIGUOUS");
    EXPECT_TRUE(token->adopt({.id = {0x01}, .label = "twin"}));
    EXPECT_EQ(token->adopt({.id = kId, .label = {}}).error().reason, "E_KEY_EXTRACTABLE");
    EXPECT_EQ(token->adopt({.id = {}, .label = "mute"}).error().reason, "E_KEY_CANNOT_SIGN");
}

TEST(extractable_key, is_used_only_when_the_configuration_allows_it_and_says_so) {
    const SoftToken soft;
    const KeyInfo info = make_raw(soft, Halves::both, {.extractable = true});
    {
        const auto strict = open_token(soft.config());
        EXPECT_EQ(strict->key(kId, info.public_key).error().reason, "E_KEY_EXTRACTABLE");
        EXPECT_FALSE(to_string(strict->origin()).contains("EXTRACTABLE"));
    }
    auto config = soft.config();
    config.allow_extractable_keys = true;
    const auto token = open_token(config);
    const auto key = token->key(kId, info.public_key);
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_TRUE((*key)->sign(approve_transfer(info.address, 1)));
    EXPECT_TRUE(to_string((*key)->origin()).contains("EXTRACTABLE KEYS ALLOWED"));
    EXPECT_TRUE(to_string(token->origin()).starts_with("PKCS#11 token 'chela-test' (module /"));
    // Still not one that may not sign.
    {
        RawToken raw{soft.label()};
        raw.make_key({0x03}, "mute", {.sign = false});
    }
    const auto mute = token->describe(Bytes{0x03});
    ASSERT_TRUE(mute);
    EXPECT_EQ(token->key(mute->id, mute->public_key).error().reason, "E_KEY_CANNOT_SIGN");
}

TEST(attest, proves_that_a_generated_key_was_never_outside) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto made = token->generate("alpha");
    ASSERT_TRUE(made) << made.error().detail;
    const auto rows = signer::pkcs11::attest(made->attributes);
    EXPECT_TRUE(is_proof_of_origin(rows)) << to_text(rows);
    EXPECT_TRUE(to_text(rows).contains("CKA_SENSITIVE          true   good"));
    EXPECT_TRUE(to_text(rows).contains("CKA_EXTRACTABLE        false  good"));
}

}  // namespace
}  // namespace chela::test
