#include "chains/fees/caps.hpp"

#include "tests/chains/fees/build.hpp"

#include <gtest/gtest.h>

namespace chela::chains::fees {
namespace {

using test::one_of_each;
using test::wei;

TEST(within, takes_a_worst_case_up_to_the_cap_and_not_a_wei_more) {
    for (const auto& transaction : one_of_each()) {
        const auto fee = max_fee(transaction);
        ASSERT_TRUE(fee.has_value());
        EXPECT_TRUE(within({*fee, {}}, transaction).has_value());
        const auto refused = within({Wei{*subtract(fee->value, U256{1})}, {}}, transaction);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, ErrorCode::denied);
        EXPECT_EQ(refused.error().reason, "E_FEE_CAP");
    }
}

TEST(within, counts_the_blobs) {
    const auto transaction = one_of_each()[3];
    const Wei gas_alone = wei(50'000 * 100);
    EXPECT_FALSE(within({gas_alone, {}}, transaction).has_value());
    EXPECT_TRUE(within({wei(50'000 * 100 + 2 * kGasPerBlob * 30), {}}, transaction).has_value());
}

TEST(within, takes_a_price_of_gas_up_to_its_cap) {
    for (const auto& transaction : one_of_each()) {
        const Wei plenty{U256::max()};
        EXPECT_TRUE(within({plenty, wei(100)}, transaction).has_value());
        EXPECT_EQ(within({plenty, wei(99)}, transaction).error().reason, "E_FEE_CAP");
    }
}

TEST(within, allows_no_fee_when_the_cap_is_zero) {
    EXPECT_FALSE(within({}, one_of_each()[2]).has_value());
}

TEST(within, refuses_a_worst_case_that_does_not_fit_256_bits) {
    Eip1559Transaction transaction;
    transaction.gas_limit = Gas{2};
    transaction.max_fee_per_gas = Wei{U256::max()};
    const auto refused = within({Wei{U256::max()}, {}}, transaction);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_range);
    EXPECT_EQ(refused.error().reason, "E_FEE_CAP");
}

}  // namespace
}  // namespace chela::chains::fees
