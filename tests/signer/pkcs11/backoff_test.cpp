#include "signer/pkcs11/backoff.hpp"

#include <gtest/gtest.h>

namespace chela::signer::pkcs11 {
namespace {

using std::chrono::milliseconds;

TEST(backoff, doubles_from_half_a_second_to_thirty) {
    const long steps[] = {500, 1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000};
    for (unsigned failures = 0; failures < std::size(steps); ++failures)
        EXPECT_EQ(backoff(failures, 1.0), milliseconds{steps[failures]}) << failures;
    EXPECT_EQ(backoff(4'000'000'000U, 1.0), milliseconds{30'000});
}

TEST(backoff, drops_a_random_half) {
    EXPECT_EQ(backoff(1, 0.0), milliseconds{500});
    EXPECT_EQ(backoff(1, 0.5), milliseconds{750});
    EXPECT_EQ(backoff(1, 1.0), milliseconds{1'000});
    // Dice that are out of bounds change nothing for the worse.
    EXPECT_EQ(backoff(1, -7.0), milliseconds{500});
    EXPECT_EQ(backoff(1, 7.0), milliseconds{1'000});
}

}  // namespace
}  // namespace chela::signer::pkcs11
