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
        // Refused, done, and in between the self-test of a token that was re-initialised.
        EXPECT_EQ(faulty.calls(line.function), signs + 2 + line.initialized) << line.value;
        if (line.initialized > 0) clock.pass(kLongEnough);
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

TEST_F(signing_faults, of_a_handle_make_a_probe_search_and_nothing_else_does) {
    ASSERT_TRUE(made.key->probe());
    const unsigned searches = faulty.calls("C_FindObjectsInit");
    ASSERT_TRUE(made.key->probe());
    ASSERT_TRUE(sign());
    EXPECT_EQ(faulty.calls("C_FindObjectsInit"), searches) << "it is asked whether it is there";
    faulty.plan("C_GetAttributeValue", 0, 1, CKR_OBJECT_HANDLE_INVALID);
    EXPECT_TRUE(made.key->probe());
    EXPECT_EQ(faulty.calls("C_FindObjectsInit"), searches + 2) << "one for each half";
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
    clock.pass(kLongEnough);
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

// A token may have its own word for a wrong PIN, and count the tries.
TEST_F(signing_faults, of_the_login_that_nobody_knows_end_all_tries_for_good) {
    warm_up();
    faulty.plan("C_SignInit", 0, 100, CKR_USER_NOT_LOGGED_IN);
    faulty.plan("C_Login", 0, 100, CKR_VENDOR_DEFINED | 0x16);
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(sign());
        clock.pass(kLongEnough);
    }
    EXPECT_EQ(faulty.calls("C_Login"), 2U);  // at open, and the one that failed
    EXPECT_EQ(sign().error().reason, "E_TOKEN_PIN");
}

TEST_F(signing_faults, of_the_pin_during_recovery_end_all_tries_for_good) {
    warm_up();
    faulty.plan("C_SignInit", 0, 1, CKR_DEVICE_REMOVED);
    faulty.plan("C_Login", 0, 1, CKR_PIN_LOCKED);
    EXPECT_EQ(sign().error().reason, "E_TOKEN_PIN");
    clock.pass(kLongEnough);
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

TEST_F(signing_faults, of_memory_shrink_the_pool_until_time_has_passed) {
    warm_up();
    for (const CK_RV value : {CKR_HOST_MEMORY, CKR_DEVICE_MEMORY, CKR_SESSION_COUNT}) {
        faulty.plan("C_SignInit", 0, 1, value);
        const auto refused = sign();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
        EXPECT_EQ(refused.error().reason, "E_TOKEN_BUSY");
        EXPECT_TRUE(sign());
    }
    EXPECT_EQ(faulty.calls("C_Initialize"), 1U);
    EXPECT_EQ(metrics->failures("CKR_HOST_MEMORY"), 1U);
}

TEST_F(signing_faults, of_one_session_close_the_idle_ones_too) {
    warm_up();
    // A second idle session: both workers are inside at once.
    faulty.hold("C_Sign");
    std::thread first{[&] { EXPECT_TRUE(sign()); }};
    std::thread second{
        [&] { EXPECT_TRUE(made.key->sign(approve_transfer(made.info.address, 900))); }};
    while (faulty.held() < 2)
        std::this_thread::yield();
    faulty.release();
    first.join();
    second.join();
    const unsigned closed = faulty.calls("C_CloseSession");
    faulty.plan("C_SignInit", 0, 1, CKR_SESSION_HANDLE_INVALID);
    EXPECT_TRUE(sign());
    EXPECT_EQ(faulty.calls("C_CloseSession"), closed + 2);
}

TEST_F(signing_faults, that_last_are_tried_less_and_less_often) {
    warm_up();
    faulty.plan("C_SignInit", 0, kForEver, CKR_DEVICE_ERROR);
    ASSERT_FALSE(sign());
    // With the longest share of each step: 1 s after the first failure, then 2 s, 4 s … 30 s.
    for (const int seconds : {1, 2, 4, 8, 16, 30, 30}) {
        const unsigned initialized = faulty.calls("C_Initialize");
        clock.pass(std::chrono::seconds{seconds} - std::chrono::milliseconds{1});
        ASSERT_FALSE(sign());
        EXPECT_EQ(faulty.calls("C_Initialize"), initialized) << seconds;
        clock.pass(std::chrono::milliseconds{1});
        ASSERT_FALSE(sign());
        EXPECT_EQ(faulty.calls("C_Initialize"), initialized + 1) << seconds;
    }
}

TEST_F(signing_faults, in_the_self_test_keep_the_token_down) {
    warm_up();
    faulty.plan("C_SignInit", 0, 1, CKR_DEVICE_ERROR);
    faulty.flip(1);  // meets the self-test, which is the first to sign
    const auto refused = sign();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().reason, "E_TOKEN_UNAVAILABLE");
    const unsigned signs = faulty.calls("C_Sign");
    ASSERT_FALSE(sign());
    EXPECT_EQ(faulty.calls("C_Sign"), signs);
    clock.pass(kLongEnough);
    EXPECT_TRUE(sign());
}

TEST_F(signing_faults, are_counted_by_the_name_of_their_code) {
    warm_up();
    faulty.plan("C_SignInit", 0, 1, CKR_KEY_HANDLE_INVALID);
    EXPECT_TRUE(sign());
    EXPECT_EQ(metrics->failures("CKR_KEY_HANDLE_INVALID"), 1U);
    faulty.plan("C_SignInit", 0, 1, CKR_VENDOR_DEFINED | 0x77);
    EXPECT_FALSE(sign());
    EXPECT_EQ(metrics->failures("CKR_OTHER"), 1U);
    faulty.flip(1);
    EXPECT_TRUE(sign());
    EXPECT_EQ(metrics->failures("E_SIGNATURE_MISMATCH"), 1U);
    EXPECT_EQ(metrics->signatures(), 3U);
    EXPECT_GT(metrics->longest().count(), 0);
}

}  // namespace
}  // namespace chela::test
