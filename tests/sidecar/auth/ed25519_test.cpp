#include "sidecar/auth/ed25519.hpp"

#include "tests/sidecar/auth/rfc8037.hpp"

namespace chela::sidecar::auth {
namespace {

TEST(ed25519, derives_the_rfc_public_key) {
    EXPECT_EQ(
        to_base64url(test::rfc8037_key().public_key()),
        test::rfc8037_vector()["x"].get<std::string>());
}

TEST(ed25519, signs_the_rfc_message) {
    const Json vector = test::rfc8037_vector();
    const Ed25519Key key = test::rfc8037_key();
    const auto message = vector["signing_input"].get<std::string>();
    const Bytes signature = key.sign(message);
    EXPECT_EQ(to_base64url(signature), vector["signature"].get<std::string>());
    EXPECT_TRUE(key.is_signed(message, signature));
}

TEST(ed25519, refuses_any_changed_bit_and_any_other_length) {
    const Ed25519Key key = test::rfc8037_key();
    const Bytes signature = key.sign("message");
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        Bytes changed = signature;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(key.is_signed("message", changed)) << bit;
    }
    EXPECT_FALSE(key.is_signed("messagf", signature));
    EXPECT_FALSE(key.is_signed("message", BytesView{signature}.first(63)));
    EXPECT_FALSE(key.is_signed("message", {}));
    EXPECT_FALSE(Ed25519Key::generate().is_signed("message", signature));
}

TEST(ed25519, reads_back_its_own_pem) {
    const Ed25519Key key = Ed25519Key::generate();
    const signer::Secret pem = key.to_pem();
    const auto again = Ed25519Key::from_pem(pem.reveal());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->public_key(), key.public_key());
}

TEST(ed25519, refuses_other_pem) {
    const std::string good = test::rfc8037_pem();
    const std::string p256 =
        "-----BEGIN PRIVATE KEY-----\n"
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAQEBAQEBAQEBAQEB\n"
        "AQEBAQEBAQEBAQEBAQEBAQEBAQGhRANCAARv8D9nLYwsjxXZfBCUjcgrSVr3Pqst\n"
        "E1wSw5I8v3RTTHkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        "-----END PRIVATE KEY-----\n";
    for (const std::string& pem :
         {std::string{}, std::string{"not a key"}, good.substr(0, 60), good.substr(1), p256,
          std::string{"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                      "-----END ENCRYPTED PRIVATE KEY-----\n"}}) {
        const auto key = Ed25519Key::from_pem(pem);
        ASSERT_FALSE(key.has_value()) << pem;
        EXPECT_EQ(key.error().code, ErrorCode::invalid_input);
    }
}

}  // namespace
}  // namespace chela::sidecar::auth
