#include "sidecar/node/count_memory.hpp"

#include "tests/policy/build.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::node {
namespace {

using test::address;

constexpr CountMemory::Time kNow{std::chrono::hours{1}};

TEST(count_memory, another_endpoints_lower_count_contradicts) {
    CountMemory memory;
    EXPECT_FALSE(memory.contradicts(address(1), Nonce{0}, 0, kNow));
    memory.remember(address(1), {Nonce{5}, BlockNumber{100}, 0, kNow});
    const auto shown = memory.contradicts(address(1), Nonce{4}, 1, kNow);
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->count, Nonce{5});
    EXPECT_EQ(shown->head, BlockNumber{100});
    EXPECT_FALSE(memory.contradicts(address(1), Nonce{5}, 1, kNow));
    EXPECT_FALSE(memory.contradicts(address(1), Nonce{6}, 1, kNow));
    EXPECT_FALSE(memory.contradicts(address(2), Nonce{0}, 1, kNow));
}

TEST(count_memory, what_was_shown_long_ago_contradicts_nothing) {
    CountMemory memory;
    memory.remember(address(1), {Nonce{5}, BlockNumber{100}, 0, kNow});
    const auto end = kNow + CountMemory::kTrustedFor;
    EXPECT_TRUE(memory.contradicts(address(1), Nonce{4}, 1, end));
    EXPECT_FALSE(memory.contradicts(address(1), Nonce{4}, 1, end + std::chrono::seconds{1}));
}

TEST(count_memory, an_endpoint_may_take_back_its_own_word) {
    CountMemory memory;
    memory.remember(address(1), {Nonce{5}, BlockNumber{100}, 0, kNow});
    EXPECT_FALSE(memory.contradicts(address(1), Nonce{4}, 0, kNow));
    memory.remember(address(1), {Nonce{4}, BlockNumber{100}, 0, kNow});
    EXPECT_FALSE(memory.contradicts(address(1), Nonce{4}, 1, kNow));
}

TEST(count_memory, holds_a_bounded_number_of_addresses) {
    CountMemory memory;
    for (std::size_t i = 0; i <= CountMemory::kMaxAddresses; ++i) {
        Address account;
        account.bytes[0] = static_cast<std::uint8_t>(i >> 8U);
        account.bytes[1] = static_cast<std::uint8_t>(i & 0xffU);
        memory.remember(account, {Nonce{5}, BlockNumber{1}, 0, kNow});
    }
    EXPECT_FALSE(memory.contradicts(Address{}, Nonce{1}, 1, kNow));
    Address last;
    last.bytes[0] = CountMemory::kMaxAddresses >> 8U;
    EXPECT_TRUE(memory.contradicts(last, Nonce{1}, 1, kNow));
}

}  // namespace
}  // namespace chela::sidecar::node
