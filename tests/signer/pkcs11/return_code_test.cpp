#include "signer/pkcs11/return_code.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace chela::signer::pkcs11 {
namespace {

struct Line {
    CK_RV value;
    ErrorCode code;
    std::string_view reason;
    Remedy remedy;
};

TEST(return_code, gives_each_failure_its_code_reason_and_remedy) {
    constexpr auto kGone = "E_TOKEN_UNAVAILABLE";
    using enum Remedy;
    const std::vector<Line> lines{
        {CKR_SESSION_HANDLE_INVALID, ErrorCode::unavailable, kGone, new_session},
        {CKR_SESSION_CLOSED, ErrorCode::unavailable, kGone, new_session},
        {CKR_USER_NOT_LOGGED_IN, ErrorCode::unavailable, kGone, login},
        {CKR_OBJECT_HANDLE_INVALID, ErrorCode::unavailable, kGone, find_key_again},
        {CKR_KEY_HANDLE_INVALID, ErrorCode::unavailable, kGone, find_key_again},
        {CKR_DEVICE_ERROR, ErrorCode::unavailable, kGone, reinitialize},
        {CKR_DEVICE_REMOVED, ErrorCode::unavailable, kGone, reinitialize},
        {CKR_TOKEN_NOT_PRESENT, ErrorCode::unavailable, kGone, reinitialize},
        {CKR_CRYPTOKI_NOT_INITIALIZED, ErrorCode::unavailable, kGone, reinitialize},
        {CKR_GENERAL_ERROR, ErrorCode::unavailable, kGone, reinitialize},
        {CKR_PIN_INCORRECT, ErrorCode::unavailable, "E_TOKEN_PIN", latch_pin},
        {CKR_PIN_LOCKED, ErrorCode::unavailable, "E_TOKEN_PIN", latch_pin},
        {CKR_OPERATION_ACTIVE, ErrorCode::unavailable, kGone, Remedy::give_up},
        {CKR_SESSION_COUNT, ErrorCode::unavailable, "E_TOKEN_BUSY", shrink},
        {CKR_HOST_MEMORY, ErrorCode::unavailable, "E_TOKEN_BUSY", shrink},
        {CKR_MECHANISM_INVALID, ErrorCode::unsupported, "E_TOKEN_UNSUPPORTED", Remedy::give_up},
        {CKR_ARGUMENTS_BAD, ErrorCode::internal, "E_TOKEN_USE", Remedy::give_up},
    };
    for (const Line& line : lines) {
        const ReturnCode row = describe_return_code(line.value);
        EXPECT_EQ(row.code, line.code) << row.name;
        EXPECT_EQ(row.reason, line.reason) << row.name;
        EXPECT_EQ(row.remedy, line.remedy) << row.name;
        EXPECT_TRUE(row.name.starts_with("CKR_")) << line.value;
    }
}

TEST(return_code, never_repeats_a_pin) {
    for (const CK_RV value :
         {CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED,
          CKR_USER_PIN_NOT_INITIALIZED}) {
        EXPECT_EQ(describe_return_code(value).remedy, Remedy::latch_pin);
    }
}

TEST(return_code, tries_nothing_for_an_unknown_code_and_shows_its_number) {
    constexpr CK_RV kVendor = CKR_VENDOR_DEFINED | 0x1234;
    const ReturnCode row = describe_return_code(kVendor);
    EXPECT_EQ(row.code, ErrorCode::unavailable);
    EXPECT_EQ(row.remedy, Remedy::give_up);
    const auto failure = failed("C_Sign", kVendor).error();
    EXPECT_EQ(failure.cause, "CKR_OTHER");
    EXPECT_EQ(failure.error.detail, "the token answered 0x80001234 to C_Sign");
}

TEST(return_code, names_the_function_and_the_code) {
    const auto failure = failed("C_SignInit", CKR_DEVICE_REMOVED).error();
    EXPECT_EQ(failure.error.detail, "the token answered CKR_DEVICE_REMOVED to C_SignInit");
    EXPECT_EQ(failure.error.code, ErrorCode::unavailable);
    EXPECT_EQ(failure.remedy, Remedy::reinitialize);
}

}  // namespace
}  // namespace chela::signer::pkcs11
