#include "signer/key.hpp"

#include "signer/pkcs11/token.hpp"
#include "tests/integration/signer/raw_token.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/support/approve.hpp"

#include <atomic>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace chela::test {
namespace {

using signer::pkcs11::KeyInfo;
using signer::pkcs11::Token;

const Bytes kId{0x01, 0x02, 0x03};

// Made straight in the token, then asked for through chela.
Result<std::shared_ptr<signer::Key>> key_made_with(RawToken::KeyOptions options) {
    const SoftToken soft;
    {
        RawToken raw{soft.label()};
        EXPECT_EQ(raw.login(kUserPin), CKR_OK);
        raw.make_key(kId, "raw", options);
    }
    const auto token = open_token(soft.config());
    const auto info = token->describe(kId);
    if (!info) return std::unexpected{info.error()};
    return token->key(kId, info->public_key);
}

TEST(token_key, is_made_so_that_it_cannot_leave_the_token) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto made = token->generate("alpha");
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(made->label, "alpha");
    EXPECT_EQ(made->id.size(), 16U);
    EXPECT_EQ(made->address, chains::address_of(made->public_key));
    EXPECT_TRUE(made->attributes.sensitive);
    EXPECT_TRUE(made->attributes.always_sensitive);
    EXPECT_FALSE(made->attributes.extractable);
    EXPECT_TRUE(made->attributes.never_extractable);
    EXPECT_TRUE(made->attributes.local);
    EXPECT_TRUE(made->attributes.sign);
    EXPECT_TRUE(made->attributes.is_private);
    EXPECT_TRUE(made->attributes.token);
    RawToken raw{soft.label()};
    EXPECT_EQ(raw.try_to_read_secret(made->id), CKR_ATTRIBUTE_SENSITIVE);
}

TEST(token_key, is_taken_when_made_elsewhere_with_the_right_attributes) {
    const auto key = key_made_with({});
    EXPECT_TRUE(key) << key.error().detail;
}

TEST(token_key, is_refused_when_it_is_extractable) {
    const auto key = key_made_with({.extractable = true});
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::denied);
    EXPECT_EQ(key.error().reason, "E_KEY_EXTRACTABLE");
}

TEST(token_key, is_refused_when_it_is_not_sensitive) {
    const auto key = key_made_with({.sensitive = false});
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::denied);
    EXPECT_EQ(key.error().reason, "E_KEY_EXTRACTABLE");
}

TEST(token_key, is_refused_when_it_may_not_sign) {
    const auto key = key_made_with({.sign = false});
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::denied);
    EXPECT_EQ(key.error().reason, "E_KEY_CANNOT_SIGN");
}

TEST(token_key, is_refused_when_absent_or_not_the_pinned_one) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto first = make_key(*token, "first");
    const auto second = make_key(*token, "second");

    const auto absent = token->key(kId, first.info.public_key);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ErrorCode::not_found);
    const auto other = token->key(first.info.id, second.info.public_key);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_response);
    EXPECT_EQ(other.error().reason, "E_KEY_CHANGED");
    const auto nameless = token->key({}, first.info.public_key);
    ASSERT_FALSE(nameless);
    EXPECT_EQ(nameless.error().code, ErrorCode::invalid_input);
}

TEST(token_key, is_refused_when_two_share_its_id) {
    const SoftToken soft;
    {
        RawToken raw{soft.label()};
        ASSERT_EQ(raw.login(kUserPin), CKR_OK);
        raw.make_key(kId, "one", {});
        raw.make_key(kId, "two", {});
    }
    const auto token = open_token(soft.config());
    const auto info = token->describe(kId);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::bad_response);
    EXPECT_EQ(info.error().reason, "E_KEY_AMBIGUOUS");
    EXPECT_FALSE(token->list());
}

TEST(token_key, signs_500_times_with_low_s_and_its_own_address) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto made = make_key(*token, "alpha");
    EXPECT_EQ(made.key->address(), made.info.address);
    EXPECT_EQ(made.key->public_key(), made.info.public_key);
    std::set<U256> seen;
    for (std::uint64_t i = 0; i < 500; ++i) {
        const auto approved = approve_transfer(made.info.address, i);
        const auto signature = made.key->sign(approved);
        ASSERT_TRUE(signature) << i << ": " << signature.error().detail;
        ASSERT_TRUE(is_good_signature(approved, *signature, made.info.public_key)) << i;
        seen.insert(signature->r);
    }
    EXPECT_EQ(seen.size(), 500U);  // a repeated r would give the key away
}

TEST(token_key, serves_four_threads_from_two_sessions) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto made = make_key(*token, "alpha");
    std::atomic<unsigned> good{0};
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < 50; ++i) {
                const auto approved = approve_transfer(made.info.address, 1000 * t + i);
                const auto signature = made.key->sign(approved);
                if (signature && is_good_signature(approved, *signature, made.info.public_key)) {
                    ++good;
                }
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(good, 200U);
}

TEST(token_key, refuses_what_was_approved_for_another_address) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto mine = make_key(*token, "mine");
    const auto yours = make_key(*token, "yours");
    const auto signature = mine.key->sign(approve_transfer(yours.info.address, 1));
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().code, ErrorCode::denied);
    EXPECT_EQ(signature.error().reason, "E_SIGNER_MISMATCH");
    EXPECT_TRUE(yours.key->sign(approve_transfer(yours.info.address, 1)));
}

TEST(token_key, is_not_replaced_by_another_key_with_the_same_id) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto made = make_key(*token, "alpha");
    ASSERT_TRUE(made.key->sign(approve_transfer(made.info.address, 1)));
    {
        RawToken raw{soft.label()};
        ASSERT_EQ(raw.destroy_key(made.info.id), 2U);
        raw.make_key(made.info.id, "alpha", {});
    }
    const auto signature = made.key->sign(approve_transfer(made.info.address, 2));
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().code, ErrorCode::bad_response);
    EXPECT_EQ(signature.error().reason, "E_KEY_CHANGED");
    const auto probed = made.key->probe();
    ASSERT_FALSE(probed);
    EXPECT_EQ(probed.error().reason, "E_KEY_CHANGED");
}

TEST(token_key, goes_offline_alone_when_it_is_deleted) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto kept = make_key(*token, "kept");
    const auto lost = make_key(*token, "lost");
    ASSERT_TRUE(lost.key->sign(approve_transfer(lost.info.address, 1)));
    EXPECT_EQ(RawToken{soft.label()}.destroy_key(lost.info.id), 2U);

    const auto signature = lost.key->sign(approve_transfer(lost.info.address, 2));
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().code, ErrorCode::unavailable);
    EXPECT_EQ(signature.error().reason, "E_KEY_OFFLINE");
    EXPECT_EQ(lost.key->probe().error().reason, "E_KEY_OFFLINE");
    EXPECT_TRUE(kept.key->sign(approve_transfer(kept.info.address, 1)));
    EXPECT_TRUE(kept.key->probe());
}

TEST(token_key, outlives_a_restart_by_its_id_and_public_key) {
    const SoftToken soft;
    std::optional<KeyInfo> info;
    {
        const auto token = open_token(soft.config());
        info = make_key(*token, "alpha").info;
    }
    const auto token = open_token(soft.config());
    const auto key = token->key(info->id, info->public_key);
    ASSERT_TRUE(key) << key.error().detail;
    const auto approved = approve_transfer(info->address, 1);
    const auto signature = (*key)->sign(approved);
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(is_good_signature(approved, *signature, info->public_key));
}

}  // namespace
}  // namespace chela::test
