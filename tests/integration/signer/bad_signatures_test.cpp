// What the token calls a signature and is none, or is another key's.
#include "tests/integration/signer/signing_faults.hpp"

#include <gtest/gtest.h>

namespace chela::test {
namespace {

TEST_F(signing_faults, of_a_wrong_signature_let_nothing_out) {
    warm_up();
    faulty.flip(1);
    EXPECT_TRUE(sign());  // once is mended: the handle could have been stale
    faulty.flip(2);
    const auto wrong = sign();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_response);
    EXPECT_EQ(wrong.error().reason, "E_SIGNATURE_MISMATCH");
    for (const std::size_t size : {0UZ, 63UZ, 65UZ, 72UZ}) {
        faulty.truncate(1, size);
        const auto odd = sign();
        ASSERT_FALSE(odd) << size;
        EXPECT_EQ(odd.error().code, ErrorCode::bad_response) << size;
        EXPECT_EQ(odd.error().reason, "E_SIGNATURE_LENGTH") << size;
    }
    EXPECT_TRUE(sign());
}

TEST_F(signing_faults, of_a_high_s_are_no_faults_and_come_out_low) {
    warm_up();
    faulty.high_s(20);
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(sign());  // which proves that s is low
}

TEST_F(signing_faults, of_a_swapped_handle_let_no_signature_of_another_key_out) {
    const auto other = make_key(*token, "other");
    ASSERT_TRUE(other.key->sign(approve_transfer(other.info.address, 1)));
    warm_up();
    faulty.swap(1);
    EXPECT_TRUE(sign());  // mended: the right key signs at the second try
    faulty.swap(2);
    const auto wrong = sign();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_response);
    EXPECT_EQ(wrong.error().reason, "E_SIGNATURE_MISMATCH");
    EXPECT_TRUE(sign());
}

}  // namespace
}  // namespace chela::test
