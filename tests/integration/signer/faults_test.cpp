#include "tests/integration/signer/signing_faults.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

namespace chela::test {
namespace {

struct Mended {
    const char* function;
    CK_RV value;
    unsigned initialized;  // further calls of C_Initialize
};

TEST_F(signing_faults, are_mended_once_by_the_remedy_of_the_code) {
    for (const Mended& line : {
             Mended{"C_Sign", CKR_SESSION_HANDLE_INVALID, 0},
             Mended{"C_SignInit", CKR_SESSION_HANDLE_INVALID, 0},
             Mended{"C_SignInit", CKR_SESSION_CLOSED, 0},
             Mended{"C_SignInit", CKR_USER_NOT_LOGGED_IN, 0},
             Mended{"C_SignInit", CKR_KEY_HANDLE_INVALID, 0},
             Mended{"C_SignInit", CKR_OBJECT_HANDLE_INVALID, 0},
             Mended{"C_Sign", CKR_DEVICE_ERROR, 1},
             Mended{"C_SignInit", CKR_DEVICE_REMOVED, 1},
             Mended{"C_SignInit", CKR_TOKEN_NOT_PRESENT, 1},
             Mended{"C_SignInit", CKR_CRYPTOKI_NOT_INITIALIZED, 1},
             Mended{"C_SignInit", CKR_GENERAL_ERROR, 1},
             Mended{"C_SignInit", CKR_FUNCTION_FAILED, 1},
         }) {
        warm_up();
        const unsigned before = faulty.calls("C_Initialize");
        const unsigned signs = faulty.calls(line.function);
        faulty.plan(line.function, 0, 1, line.value);
        const auto signature = sign();
        EXPECT_TRUE(signature) << line.function << " 0x" << std::hex << line.value << ": "
                               << signature.error().detail;
        EXPECT_EQ(faulty.calls("C_Initialize"), before + line.initialized) << line.value;
        EXPECT_EQ(faulty.calls(line.function), signs + 2) << line.value;
        if (line.initialized > 0) std::this_thread::sleep_for(kBetweenAttempts);
    }
}

TEST_F(signing_faults, of_the_login_make_every_handle_be_found_again) {
    warm_up();
    const unsigned searches = faulty.calls("C_FindObjectsInit");
    warm_up();
    ASSERT_EQ(faulty.calls("C_FindObjectsInit"), searches);  // the handle is kept
    faulty.plan("C_SignInit", 0, 1, CKR_USER_NOT_LOGGED_IN);
    EXPECT_TRUE(sign());
    EXPECT_EQ(faulty.calls("C_FindObjectsInit"), searches + 2);  // one for each half
    EXPECT_EQ(faulty.calls("C_Login"), 2U);
}

TEST_F(signing_faults, are_not_mended_twice) {
    for (const CK_RV value :
         {CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID}) {
        warm_up();
        const unsigned before = faulty.calls("C_SignInit");
        faulty.plan("C_SignInit", 0, kForEver, value);
        const auto signature = sign();
        ASSERT_FALSE(signature);
        EXPECT_EQ(signature.error().code, ErrorCode::unavailable);
        EXPECT_EQ(signature.error().reason, "E_TOKEN_UNAVAILABLE");
        EXPECT_EQ(faulty.calls("C_SignInit"), before + 2) << value;
        faulty.plan("C_SignInit", 0, 0, CKR_OK);
        EXPECT_TRUE(sign());
    }
}

TEST_F(signing_faults, of_a_lost_device_are_answered_without_touching_it_between_attempts) {
    warm_up();
    faulty.plan("C_SignInit", 0, kForEver, CKR_DEVICE_ERROR);
    ASSERT_FALSE(sign());
    const unsigned initialized = faulty.calls("C_Initialize");
    const unsigned asked = faulty.calls("C_SignInit");
    for (int i = 0; i < 20; ++i) {
        const auto signature = sign();
        ASSERT_FALSE(signature);
        EXPECT_EQ(signature.error().code, ErrorCode::unavailable);
        EXPECT_EQ(signature.error().reason, "E_TOKEN_UNAVAILABLE");
    }
    EXPECT_EQ(faulty.calls("C_Initialize"), initialized);
    EXPECT_EQ(faulty.calls("C_SignInit"), asked);

    faulty.plan("C_SignInit", 0, 0, CKR_OK);
    std::this_thread::sleep_for(kBetweenAttempts);
    EXPECT_TRUE(sign());
    EXPECT_EQ(faulty.calls("C_Initialize"), initialized + 1);
}

TEST_F(signing_faults, of_the_pin_end_all_tries_for_good) {
    warm_up();
    faulty.plan("C_SignInit", 0, 1, CKR_USER_NOT_LOGGED_IN);
    faulty.plan("C_Login", 0, 1, CKR_PIN_INCORRECT);
    for (int i = 0; i < 3; ++i) {
        const auto signature = sign();
        ASSERT_FALSE(signature);
        EXPECT_EQ(signature.error().code, ErrorCode::unavailable);
        EXPECT_EQ(signature.error().reason, "E_TOKEN_PIN");
    }
    EXPECT_EQ(faulty.calls("C_Login"), 2U);  // at open, and the one that was refused
    EXPECT_EQ(token->status().error().reason, "E_TOKEN_PIN");
    EXPECT_EQ(made.key->probe().error().reason, "E_TOKEN_PIN");
}

TEST_F(signing_faults, of_the_pin_during_recovery_end_all_tries_for_good) {
    warm_up();
    faulty.plan("C_SignInit", 0, 1, CKR_DEVICE_REMOVED);
    faulty.plan("C_Login", 0, 1, CKR_PIN_LOCKED);
    EXPECT_EQ(sign().error().reason, "E_TOKEN_PIN");
    std::this_thread::sleep_for(kBetweenAttempts);
    EXPECT_EQ(sign().error().reason, "E_TOKEN_PIN");
    EXPECT_EQ(faulty.calls("C_Login"), 2U);
}

TEST_F(signing_faults, never_spend_the_last_try_of_a_pin) {
    warm_up();
    faulty.token(0, CKF_USER_PIN_FINAL_TRY);
    faulty.plan("C_SignInit", 0, 1, CKR_USER_NOT_LOGGED_IN);
    EXPECT_EQ(sign().error().reason, "E_TOKEN_PIN");
    EXPECT_EQ(faulty.calls("C_Login"), 1U);
}

TEST_F(signing_faults, of_an_active_operation_cost_the_session_and_the_call) {
    warm_up();
    const unsigned opened = faulty.calls("C_OpenSession");
    const unsigned closed = faulty.calls("C_CloseSession");
    faulty.plan("C_SignInit", 0, 1, CKR_OPERATION_ACTIVE);
    const auto signature = sign();
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().code, ErrorCode::unavailable);
    EXPECT_EQ(faulty.calls("C_CloseSession"), closed + 1);
    EXPECT_TRUE(sign());
    EXPECT_EQ(faulty.calls("C_OpenSession"), opened + 1);
    EXPECT_EQ(faulty.calls("C_Initialize"), 1U);
}

TEST_F(signing_faults, of_a_wrong_signature_let_nothing_out) {
    warm_up();
    faulty.signature(1, 64);
    EXPECT_TRUE(sign());  // once is mended: the handle could have been stale
    faulty.signature(2, 64);
    const auto wrong = sign();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_response);
    EXPECT_EQ(wrong.error().reason, "E_SIGNATURE_MISMATCH");
    for (const std::size_t size : {0UZ, 63UZ, 65UZ, 72UZ}) {
        faulty.signature(1, size);
        const auto odd = sign();
        ASSERT_FALSE(odd) << size;
        EXPECT_EQ(odd.error().code, ErrorCode::bad_response) << size;
        EXPECT_EQ(odd.error().reason, "E_SIGNATURE_LENGTH") << size;
    }
    EXPECT_TRUE(sign());
}

// One of the calls below a signature fails, whichever it is; before and after, only good signatures
// come out.
TEST_F(signing_faults, at_any_call_leave_the_key_usable) {
    constexpr unsigned kFewest = 10;  // find both halves, read them, sign
    for (const CK_RV value : {CKR_GENERAL_ERROR, CKR_SESSION_HANDLE_INVALID, CKR_HOST_MEMORY}) {
        bool has_fired = true;
        unsigned n = 0;
        for (; has_fired; ++n) {
            // A fresh handle every time: finding the key is part of it.
            auto key = token->key(made.info.id, made.info.public_key);
            ASSERT_TRUE(key) << key.error().detail;
            const auto approved = approve_transfer(made.info.address, n);
            const unsigned before = faulty.calls("*");
            faulty.plan("*", n, 1, value);
            const auto signature = (*key)->sign(approved);
            faulty.plan("*", 0, 0, CKR_OK);
            has_fired = faulty.calls("*") > before + n;
            if (signature) {
                EXPECT_TRUE(is_good_signature(approved, *signature, made.info.public_key)) << n;
            } else {
                EXPECT_TRUE(has_fired) << signature.error().detail;
                EXPECT_EQ(signature.error().code, ErrorCode::unavailable) << n;
            }
            if (value == CKR_GENERAL_ERROR) std::this_thread::sleep_for(kBetweenAttempts);
            ASSERT_TRUE(sign()) << n;
        }
        EXPECT_GT(n, kFewest);
    }
}

TEST_F(signing_faults, during_generation_never_make_a_second_key) {
    faulty.after("C_GenerateKeyPair", CKR_DEVICE_ERROR);
    const auto made_twice = token->generate("beta");
    ASSERT_FALSE(made_twice);
    EXPECT_EQ(made_twice.error().code, ErrorCode::timed_out);
    EXPECT_EQ(faulty.calls("C_GenerateKeyPair"), 2U);  // alpha and beta
    EXPECT_EQ(token->list()->size(), 2U);
    EXPECT_EQ(token->generate("beta").error().reason, "E_LABEL_TAKEN");
}

}  // namespace
}  // namespace chela::test
