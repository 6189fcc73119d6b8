#include "chains/preimage/preimage.hpp"

#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "tests/chains/tx/cases.hpp"

#include <algorithm>
#include <type_traits>

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

static_assert(!std::is_copy_constructible_v<ApprovedPreimage>);
static_assert(!std::is_copy_assignable_v<ApprovedPreimage>);
static_assert(!std::is_default_constructible_v<ApprovedPreimage>);
static_assert(!std::is_constructible_v<ApprovedPreimage, Preimage, Address>);
static_assert(!std::is_convertible_v<Transaction, Preimage>);
static_assert(std::is_nothrow_move_constructible_v<ApprovedPreimage>);

TEST(preimage, holds_the_bytes_that_are_signed) {
    for (const auto& each : test::transaction_cases()) {
        const Preimage preimage{each.transaction};
        EXPECT_EQ(to_hex(preimage.bytes()), to_hex(each.unsigned_bytes)) << each.name;
        EXPECT_EQ(preimage.transaction(), each.transaction) << each.name;
        EXPECT_EQ(preimage.signing_hash(), SigningHash{keccak256(each.unsigned_bytes).bytes})
            << each.name;
    }
}

TEST(preimage, of_the_eip_155_example_has_the_published_hash) {
    const auto cases = test::transaction_cases();
    const auto example =
        std::ranges::find_if(cases, [](const auto& each) { return !each.signing_hash.empty(); });
    ASSERT_NE(example, cases.end());
    EXPECT_EQ(
        to_hex(Preimage{example->transaction}.signing_hash()),
        "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
}

}  // namespace
}  // namespace chela::chains
