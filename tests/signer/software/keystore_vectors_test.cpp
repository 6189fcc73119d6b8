#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "signer/private_key.hpp"
#include "signer/software/keystore.hpp"
#include "tests/chains/vectors.hpp"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::signer::software {
namespace {

std::string text(const Json& from, const char* key) {
    return from.at(key).get<std::string>();
}

Result<Secret> opened(const Json& from) {
    const auto keystore = parse_keystore(from.at("keystore").dump());
    if (!keystore) return std::unexpected{keystore.error()};
    return decrypt_key(*keystore, Secret{text(from, "password")});
}

std::string hex_of(const Secret& key) {
    const std::string_view bytes = key.reveal();
    return to_hex(Bytes(bytes.begin(), bytes.end()));
}

void expect_opens(const Json& each) {
    const auto name = text(each, "name");
    const auto key = opened(each);
    ASSERT_TRUE(key) << name << ": " << key.error().detail;
    EXPECT_EQ(hex_of(*key), text(each, "private_key")) << name;
    const auto public_key = public_key_of(*key);
    ASSERT_TRUE(public_key) << name;
    const auto address = parse_address(text(each, "address"));
    ASSERT_TRUE(address) << name;
    EXPECT_EQ(chains::address_of(*public_key), *address) << name;
}

TEST(keystore_vectors, open_to_the_key_that_others_sealed) {
    const Json cases = test::load_lines("keystore/cases.jsonl");
    EXPECT_GE(cases.size(), 25U);
    for (const Json& each : cases)
        expect_opens(each);
}

TEST(keystore_vectors, survive_being_written_again) {
    for (const Json& each : test::load_lines("keystore/cases.jsonl")) {
        const auto keystore = parse_keystore(each.at("keystore").dump());
        ASSERT_TRUE(keystore) << text(each, "name") << ": " << keystore.error().detail;
        const auto again = parse_keystore(to_json(*keystore));
        ASSERT_TRUE(again) << text(each, "name") << ": " << again.error().detail;
        EXPECT_EQ(again->mac, keystore->mac) << text(each, "name");
        EXPECT_EQ(again->ciphertext, keystore->ciphertext) << text(each, "name");
        EXPECT_EQ(to_json(*again), to_json(*keystore)) << text(each, "name");
    }
}

TEST(keystore_vectors, open_with_no_other_password) {
    for (Json each : test::load_lines("keystore/cases.jsonl")) {
        // Two derivations of the printed cost are enough.
        if (text(each, "name").starts_with("printed")) continue;
        each["password"] = text(each, "password") + "x";
        const auto key = opened(each);
        ASSERT_FALSE(key) << text(each, "name");
        EXPECT_EQ(key.error().code, ErrorCode::denied) << text(each, "name");
        EXPECT_EQ(key.error().reason, "E_KEYSTORE_PASSWORD") << text(each, "name");
    }
}

TEST(keystore_refusals, of_a_password_that_is_guessed_in_no_time) {
    for (const Json& each : test::load_lines("keystore/weak.jsonl")) {
        const auto key = opened(each);
        ASSERT_FALSE(key) << text(each, "name");
        EXPECT_EQ(key.error().code, ErrorCode::out_of_range) << text(each, "name");
        EXPECT_EQ(key.error().reason, "E_KEYSTORE_KDF") << text(each, "name");
    }
}

// RFC 7914 has no scrypt of N >= 2^(128*r/8), and neither has OpenSSL.
TEST(keystore_refusals, of_an_scrypt_that_is_not_defined) {
    for (const Json& each : test::load_lines("keystore/beyond_rfc7914.jsonl")) {
        const auto key = opened(each);
        ASSERT_FALSE(key) << text(each, "name");
        EXPECT_EQ(key.error().code, ErrorCode::out_of_range) << text(each, "name");
        EXPECT_EQ(key.error().reason, "E_KEYSTORE_KDF") << text(each, "name");
    }
}

TEST(keystore_refusals, are_for_the_reason_the_vector_gives) {
    const std::map<std::string, std::vector<std::string>> codes{
        {"mac", {"E_KEYSTORE_PASSWORD"}},
        {"malformed", {"E_KEYSTORE_FORMAT"}},
        {"unsupported",
         {"E_KEYSTORE_VERSION", "E_KEYSTORE_CIPHER", "E_KEYSTORE_KDF", "E_KEYSTORE_FORMAT"}},
        {"parameters", {"E_KEYSTORE_KDF", "E_KEYSTORE_FORMAT"}},
        {"address", {"E_KEYSTORE_ADDRESS", "E_KEYSTORE_FORMAT"}},
        {"key", {"E_PRIVATE_KEY"}}};
    const Json cases = test::load_lines("keystore/refused.jsonl");
    EXPECT_GE(cases.size(), 75U);
    for (const Json& each : cases) {
        const auto key = opened(each);
        ASSERT_FALSE(key) << text(each, "name");
        EXPECT_THAT(codes.at(text(each, "reason")), testing::Contains(key.error().reason))
            << text(each, "reason") << ", " << text(each, "name") << ": " << key.error().detail;
    }
}

}  // namespace
}  // namespace chela::signer::software
