#include "sidecar/auth/api_key.hpp"

#include "chains/base/hex.hpp"

#include <set>

#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

TEST(api_key, is_a_prefix_and_256_random_bits) {
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        const NewApiKey made = make_api_key(kAgentKeyPrefix);
        EXPECT_TRUE(made.key.reveal().starts_with("ocv_"));
        EXPECT_EQ(made.key.reveal().size(), 47U);
        EXPECT_EQ(made.prefix, made.key.reveal().substr(0, 12));
        EXPECT_EQ(made.hash, hash_api_key(made.key.reveal()));
        seen.emplace(made.key.reveal());
    }
    EXPECT_EQ(seen.size(), 200U);
}

TEST(api_key, is_stored_as_its_sha256) {
    // Source: FIPS 180-4 example "abc".
    EXPECT_EQ(
        to_hex(hash_api_key("abc")),
        "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(api_key, is_looked_up_by_its_first_twelve_characters) {
    const NewApiKey made = make_api_key(kAdminKeyPrefix);
    EXPECT_EQ(lookup_prefix(made.key.reveal(), kAdminKeyPrefix), made.prefix);
    EXPECT_EQ(lookup_prefix(made.key.reveal(), kAgentKeyPrefix), "");
}

TEST(api_key, has_no_look_up_prefix_when_it_cannot_be_one) {
    const std::string body(43, 'A');
    EXPECT_EQ(lookup_prefix("ocv_" + body, kAgentKeyPrefix), "ocv_AAAAAAAA");
    for (const std::string& text :
         {std::string{}, std::string{"ocv_"}, body, "ocv_" + body + "A", "ocv_" + body.substr(1),
          "OCV_" + body, " ocv_" + body, "ocv_" + body.substr(1) + "=",
          "ocv_" + body.substr(1) + "B", "ocv_" + body.substr(1) + "\n"}) {
        EXPECT_EQ(lookup_prefix(text, kAgentKeyPrefix), "") << text;
    }
}

TEST(api_key, compares_all_bytes_of_two_hashes) {
    const Hash256 hash = hash_api_key("abc");
    EXPECT_TRUE(equal(hash, hash));
    for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
        Hash256 other = hash;
        other.bytes[i] ^= 1U;
        EXPECT_FALSE(equal(hash, other)) << i;
    }
}

}  // namespace
}  // namespace chela::sidecar::auth
