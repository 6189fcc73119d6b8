#include "sidecar/auth/known_callers.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

using std::chrono::seconds;

const TimePoint kNow{std::chrono::milliseconds{1'700'000'000'000}};

Hash256 credential(std::uint32_t number) {
    Hash256 hash{};
    for (std::size_t i = 0; i < 4; ++i)
        hash.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return hash;
}

Principal agent(std::string id, TimePoint until = TimePoint::max()) {
    Principal principal;
    principal.id = std::move(id);
    principal.holds_until = until;
    return principal;
}

TEST(known_callers, are_known_while_the_mark_is_the_one_of_their_verification) {
    KnownCallers known;
    EXPECT_FALSE(known.find(credential(1), 7, kNow));
    known.remember(credential(1), 7, agent("a"), kNow);
    known.remember(credential(2), 7, agent("b"), kNow);
    EXPECT_EQ(known.find(credential(1), 7, kNow)->id, "a");
    EXPECT_EQ(known.find(credential(2), 7, kNow)->id, "b");
    EXPECT_FALSE(known.find(credential(3), 7, kNow));
    EXPECT_FALSE(known.find(credential(1), 8, kNow));
    EXPECT_FALSE(known.find(credential(1), 6, kNow));
}

TEST(known_callers, another_mark_forgets_those_of_the_one_before) {
    KnownCallers known;
    known.remember(credential(1), 7, agent("a"), kNow);
    known.remember(credential(2), 8, agent("b"), kNow);
    EXPECT_FALSE(known.find(credential(1), 8, kNow));
    EXPECT_FALSE(known.find(credential(1), 7, kNow));
    // Whoever was verified slowly comes late, by a mark that is over.
    known.remember(credential(1), 7, agent("a"), kNow);
    EXPECT_FALSE(known.find(credential(1), 8, kNow));
    EXPECT_FALSE(known.find(credential(2), 8, kNow));
}

TEST(known_callers, are_known_from_their_verification_to_their_end) {
    KnownCallers known;
    known.remember(credential(1), 7, agent("a", kNow + seconds{5}), kNow);
    EXPECT_TRUE(known.find(credential(1), 7, kNow + seconds{4}));
    EXPECT_FALSE(known.find(credential(1), 7, kNow + seconds{5}));
    EXPECT_FALSE(known.find(credential(1), 7, kNow - seconds{1}));
}

TEST(known_callers, are_not_more_than_so_many) {
    KnownCallers known;
    for (std::uint32_t i = 0; i <= KnownCallers::kMost; ++i)
        known.remember(credential(i), 7, agent("a"), kNow);
    EXPECT_FALSE(known.find(credential(0), 7, kNow));
    EXPECT_TRUE(known.find(credential(KnownCallers::kMost), 7, kNow));
}

}  // namespace
}  // namespace chela::sidecar::auth
