#include "sidecar/edge/entropy.hpp"

#include <set>

#include <gtest/gtest.h>

namespace chela::sidecar {
namespace {

TEST(entropy, gives_as_many_bytes_as_asked_for) {
    EXPECT_TRUE(random_bytes(0).empty());
    EXPECT_EQ(random_bytes(33).size(), 33U);
}

TEST(entropy, does_not_repeat_itself) {
    std::set<Bytes> seen;
    for (int i = 0; i < 1'000; ++i)
        seen.insert(random_bytes(16));
    EXPECT_EQ(seen.size(), 1'000U);
}

TEST(entropy, makes_version_4_uuids) {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const std::string uuid = random_uuid();
        EXPECT_TRUE(is_uuid(uuid)) << uuid;
        EXPECT_EQ(uuid[14], '4') << uuid;
        EXPECT_NE(std::string_view{"89ab"}.find(uuid[19]), std::string_view::npos) << uuid;
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 1'000U);
}

TEST(entropy, knows_a_uuid_by_its_form) {
    EXPECT_TRUE(is_uuid("00000000-0000-0000-0000-000000000000"));
    EXPECT_TRUE(is_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
    for (const char* text :
         {"", "f81d4fae7dec11d0a76500a0c91e6bf6", "F81D4FAE-7dec-11d0-a765-00a0c91e6bf6",
          "f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 ",
          "f81d4fae-7dec-11d0-a765x00a0c91e6bf6", "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
          "{f81d4fae-7dec-11d0-a765-00a0c91e6b}"}) {
        EXPECT_FALSE(is_uuid(text)) << text;
    }
}

}  // namespace
}  // namespace chela::sidecar
