#include "signer/pkcs11/attest.hpp"
#include "signer/pkcs11/token.hpp"
#include "signer/private_key.hpp"
#include "tests/integration/signer/raw_token.hpp"
#include "tests/integration/signer/signing_faults.hpp"

#include <string>

#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

namespace chela::test {
namespace {

using signer::Secret;

Secret private_key(char fill) {
    return Secret{std::string(32, fill)};
}

TEST(token_import, writes_a_key_that_signs_and_cannot_leave) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto expected = signer::public_key_of(private_key('k'));
    ASSERT_TRUE(expected);
    const auto imported = token->import("mine", private_key('k'));
    ASSERT_TRUE(imported) << imported.error().detail;
    EXPECT_EQ(imported->public_key, *expected);
    EXPECT_EQ(imported->label, "mine");
    EXPECT_TRUE(imported->attributes.sensitive);
    EXPECT_FALSE(imported->attributes.extractable);
    EXPECT_FALSE(imported->attributes.local);
    const auto rows = signer::pkcs11::attest(imported->attributes);
    EXPECT_FALSE(is_proof_of_origin(rows));  // it was outside once, and the rows say so
    EXPECT_FALSE(to_text(rows).contains("BAD")) << to_text(rows);

    const auto key = token->key(imported->id, *expected);
    ASSERT_TRUE(key) << key.error().detail;
    const auto approved = approve_transfer(imported->address, 3);
    const auto signature = (*key)->sign(approved);
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(is_good_signature(approved, *signature, *expected));
    RawToken raw{soft.label()};
    EXPECT_EQ(raw.try_to_read_secret(imported->id), CKR_ATTRIBUTE_SENSITIVE);
}

TEST(token_import, refuses_what_is_no_private_key_or_no_label) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    for (const std::string& bad :
         {std::string(31, 'k'), std::string(33, 'k'), std::string(32, '\0'),
          std::string(32, '\xff'), std::string{}}) {
        const auto refused = token->import("mine", Secret{bad});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
        EXPECT_EQ(refused.error().reason, "E_PRIVATE_KEY");
    }
    EXPECT_EQ(token->import("", private_key('k')).error().reason, "E_LABEL");
    EXPECT_EQ(token->list()->size(), 0U);
}

TEST(token_import, refuses_a_label_or_a_key_that_is_there) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    ASSERT_TRUE(token->import("mine", private_key('k')));
    EXPECT_EQ(token->import("mine", private_key('l')).error().reason, "E_LABEL_TAKEN");
    EXPECT_EQ(token->import("again", private_key('k')).error().reason, "E_KEY_EXISTS");
    EXPECT_EQ(token->list()->size(), 1U);
}

class import_faults : public signing_faults {};

TEST_F(import_faults, of_the_private_half_leave_no_public_half_behind) {
    faulty.plan("C_CreateObject", 1, 1, CKR_TEMPLATE_INCONSISTENT);
    const auto refused = token->import("mine", private_key('k'));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
    EXPECT_TRUE(token->import("mine", private_key('k')));
}

TEST_F(import_faults, of_the_proof_destroy_what_was_written) {
    faulty.flip(1);
    const auto refused = token->import("mine", private_key('k'));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "E_SIGNATURE_MISMATCH");
    EXPECT_TRUE(refused.error().detail.contains("destroyed"));
    EXPECT_TRUE(token->import("mine", private_key('k')));
}

TEST_F(import_faults, of_the_device_are_never_repeated) {
    faulty.after("C_CreateObject", CKR_DEVICE_ERROR);
    const auto lost = token->import("mine", private_key('k'));
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::timed_out);
    EXPECT_EQ(faulty.calls("C_CreateObject"), 1U);
}

// Whichever call fails, at most one key is there afterwards, and it is the right one.
TEST_F(import_faults, at_any_call_never_leave_a_wrong_or_a_second_key) {
    const auto expected = signer::public_key_of(private_key('k'));
    ASSERT_TRUE(expected);
    constexpr unsigned kFewest = 15;
    bool is_done = false;
    unsigned n = 0;
    for (; !is_done; ++n) {
        const unsigned before = faulty.calls("*");
        faulty.plan("*", n, 1, CKR_FUNCTION_CANCELED);
        const auto imported = token->import("mine", private_key('k'));
        faulty.plan("*", 0, 0, CKR_OK);
        const bool has_fired = faulty.calls("*") > before + n;
        EXPECT_TRUE(imported || has_fired);
        clock.pass(kLongEnough);
        const auto keys = token->list();
        ASSERT_TRUE(keys) << n << ": " << keys.error().detail;
        ASSERT_LE(keys->size(), 2U) << n;  // alpha, and this one
        ASSERT_EQ(imported.has_value(), keys->size() == 2) << n;
        is_done = imported.has_value() && !has_fired;
        for (const auto& key : *keys) {
            if (key.label != "mine") continue;
            EXPECT_EQ(key.public_key, *expected);
            RawToken raw{soft.label()};
            EXPECT_EQ(raw.destroy_key(key.id), 2U);
        }
        if (imported) continue;
        EXPECT_NE(imported.error().reason, "E_LABEL_TAKEN") << n;
        EXPECT_EQ(RawToken{soft.label()}.destroy_labelled("mine"), 0U) << n;
    }
    EXPECT_GT(n, kFewest);
}

}  // namespace
}  // namespace chela::test
