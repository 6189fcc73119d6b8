// Every call fails once; what must hold, holds after each.
#include "tests/integration/signer/signing_faults.hpp"

#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

namespace chela::test {
namespace {

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
            if (value == CKR_GENERAL_ERROR) clock.pass(kLongEnough);
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
