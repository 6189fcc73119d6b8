#include "signer/software/keystore.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::signer::software {
namespace {

KeystoreEntropy entropy() {
    KeystoreEntropy out;
    out.salt.fill(0x5a);
    out.iv.fill(0x1f);
    out.uuid.fill(0x77);
    return out;
}

TEST(keystore, gives_back_the_key_that_it_was_given) {
    const Secret key{std::string(32, 'q')};
    for (const Kdf kdf : {Kdf::scrypt, Kdf::pbkdf2}) {
        const auto made = encrypt_key(key, Secret{"open sesame"}, entropy(), kdf);
        ASSERT_TRUE(made) << made.error().detail;
        const std::string text = to_json(*made);
        EXPECT_FALSE(text.contains("71717171")) << "the key in the clear";
        const auto parsed = parse_keystore(text);
        ASSERT_TRUE(parsed) << parsed.error().detail;
        EXPECT_EQ(to_json(*parsed), text);
        const auto opened = decrypt_key(*parsed, Secret{"open sesame"});
        ASSERT_TRUE(opened) << opened.error().detail;
        EXPECT_EQ(opened->reveal(), key.reveal());
        const auto refused = decrypt_key(*parsed, Secret{"open sesamf"});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::denied);
    }
}

TEST(keystore, refuses_to_be_made_without_a_password_or_a_key) {
    EXPECT_EQ(
        encrypt_key(Secret{std::string(32, 'q')}, Secret{}, entropy()).error().reason,
        "E_KEYSTORE_PASSWORD");
    EXPECT_EQ(encrypt_key(Secret{"short"}, Secret{"p"}, entropy()).error().reason, "E_PRIVATE_KEY");
}

TEST(keystore, whose_address_is_another_keys_is_refused) {
    auto made = encrypt_key(Secret{std::string(32, 'q')}, Secret{"p"}, entropy(), Kdf::pbkdf2);
    ASSERT_TRUE(made);
    made->address->bytes[0] ^= 1U;
    const auto opened = decrypt_key(*made, Secret{"p"});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::bad_response);
    EXPECT_EQ(opened.error().reason, "E_KEYSTORE_ADDRESS");
}

TEST(keystore, of_more_than_64_kib_or_with_doubled_names_is_refused) {
    EXPECT_EQ(parse_keystore(std::string(65'537, ' ')).error().code, ErrorCode::too_large);
    EXPECT_EQ(parse_keystore("[]").error().reason, "E_KEYSTORE_FORMAT");
    EXPECT_EQ(
        parse_keystore(R"({"version":3,"version":3})").error().reason, "E_JSON_DUPLICATE_KEY");
    EXPECT_EQ(
        parse_keystore(R"({"version":3,"crypto":{},"Crypto":{}})").error().reason,
        "E_KEYSTORE_FORMAT");
}

struct Bound {
    KdfParams params;
    bool is_good;
};

TEST(kdf, keeps_its_parameters_within_bounds) {
    const Bytes salt(32, 1);
    for (const Bound& line : {
             Bound{ScryptParams{.n = 1024, .r = 8, .p = 1, .salt = salt}, true},
             Bound{ScryptParams{.n = 512, .r = 8, .p = 1, .salt = salt}, false},
             Bound{ScryptParams{.n = 262'144, .r = 8, .p = 1, .salt = salt}, true},
             Bound{ScryptParams{.n = 524'288, .r = 8, .p = 1, .salt = salt}, true},
             Bound{ScryptParams{.n = 1'048'576, .r = 8, .p = 1, .salt = salt}, false},
             Bound{ScryptParams{.n = 262'144, .r = 8, .p = 8, .salt = salt}, true},
             Bound{ScryptParams{.n = 262'144, .r = 8, .p = 9, .salt = salt}, false},
             Bound{ScryptParams{.n = 1025, .r = 8, .p = 1, .salt = salt}, false},
             Bound{ScryptParams{.n = 1024, .r = 33, .p = 1, .salt = salt}, false},
             Bound{ScryptParams{.n = 1024, .r = 8, .p = 17, .salt = salt}, false},
             Bound{ScryptParams{.n = 1024, .r = 8, .p = 1, .salt = Bytes(7, 1)}, false},
             Bound{ScryptParams{.n = 1024, .r = 8, .p = 1, .salt = Bytes(65, 1)}, false},
             Bound{Pbkdf2Params{.iterations = 999, .salt = salt}, false},
             Bound{Pbkdf2Params{.iterations = 1'000, .salt = salt}, true},
             Bound{Pbkdf2Params{.iterations = 10'000'000, .salt = salt}, true},
             Bound{Pbkdf2Params{.iterations = 10'000'001, .salt = salt}, false},
         }) {
        const auto checked = check_bounds(line.params);
        EXPECT_EQ(checked.has_value(), line.is_good);
        if (!checked) {
            EXPECT_EQ(checked.error().reason, "E_KEYSTORE_KDF");
        }
    }
}

}  // namespace
}  // namespace chela::signer::software
