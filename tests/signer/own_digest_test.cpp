#include "signer/own_digest.hpp"

#include "signer/private_key.hpp"
#include "tests/support/approve.hpp"

#include <array>
#include <set>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace chela::signer {
namespace {

TEST(own_digest, of_an_approved_preimage_is_its_signing_hash) {
    const auto approved = test::approve_transfer(Address{}, 7);
    EXPECT_EQ(OwnDigest::of(approved).hash(), approved.preimage().signing_hash());
}

TEST(own_digest, cannot_be_made_from_a_callers_digest) {
    static_assert(!std::is_constructible_v<OwnDigest, SigningHash>);
    static_assert(!std::is_constructible_v<OwnDigest, Hash256>);
    static_assert(!std::is_default_constructible_v<OwnDigest>);
    SUCCEED();
}

TEST(own_digest, of_each_text_is_another) {
    std::set<SigningHash> seen;
    for (const FixedText text :
         {FixedText::self_test, FixedText::find_key_one, FixedText::find_key_two,
          FixedText::prove_key}) {
        seen.insert(OwnDigest::of(text).hash());
    }
    EXPECT_EQ(seen.size(), 4U);
}

TEST(private_key, has_the_public_key_of_the_generator_when_it_is_one) {
    std::string one(32, '\0');
    one.back() = 1;
    const auto key = public_key_of(Secret{one});
    ASSERT_TRUE(key) << key.error().detail;
    // G. Source: SEC 2, 2.4.1.
    EXPECT_EQ(key->bytes[0], 0x79);
    EXPECT_EQ(key->bytes[31], 0x98);
    EXPECT_EQ(key->bytes[32], 0x48);
    EXPECT_EQ(key->bytes[63], 0xb8);
}

TEST(private_key, of_zero_the_order_or_another_length_is_none) {
    // n. Source: SEC 2, 2.4.1.
    const std::array<unsigned char, 32> order{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
                                              0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b,
                                              0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
    std::string n{order.begin(), order.end()};
    EXPECT_FALSE(public_key_of(Secret{n}));
    n.back() = 0x40;
    EXPECT_TRUE(public_key_of(Secret{n}));
    EXPECT_FALSE(public_key_of(Secret{std::string(32, '\0')}));
    EXPECT_FALSE(public_key_of(Secret{std::string(31, 'a')}));
    EXPECT_FALSE(public_key_of(Secret{std::string(33, 'a')}));
    EXPECT_EQ(public_key_of(Secret{}).error().reason, "E_PRIVATE_KEY");
}

}  // namespace
}  // namespace chela::signer
