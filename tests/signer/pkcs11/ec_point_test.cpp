#include "signer/pkcs11/ec_point.hpp"

#include "chains/base/hex.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::signer::pkcs11 {
namespace {

// The generator of secp256k1. Source: SEC 2, 2.4.1.
const std::string kX = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const std::string kY = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

Result<chains::PublicKey> decode(const std::string& hex) {
    const auto bytes = parse_hex("0x" + hex);
    if (!bytes) {
        ADD_FAILURE() << "not hex: " << hex;
        return fail(ErrorCode::internal, "not hex");
    }
    return decode_ec_point(*bytes);
}

TEST(ec_point, reads_every_form_that_tokens_use) {
    for (const std::string& form :
         {"0441"
          "04" +
              kX + kY,
          "034200"
          "04" +
              kX + kY,
          "04" + kX + kY, kX + kY,
          "0421"
          "02" +
              kX,
          "02" + kX}) {
        const auto key = decode(form);
        ASSERT_TRUE(key) << form << ": " << key.error().detail;
        EXPECT_EQ(to_hex(*key), "0x" + kX + kY) << form;
    }
}

TEST(ec_point, tells_a_bare_point_from_a_der_string_by_length) {
    // 65 bytes that start 04 41 04 like the DER form: read as a point, and not on the curve.
    const std::string looks_like_der = "044104" + kX.substr(4) + kY;
    const auto key = decode(looks_like_der);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::bad_response);
}

TEST(ec_point, refuses_other_lengths_and_headers) {
    for (const std::string& form :
         {std::string{}, std::string{"04"}, "0440" + kX + kY,
          "0441"
          "04" +
              kX + kY + "00",
          "0442"
          "04" +
              kX + kY,
          "0541"
          "04" +
              kX + kY,
          "034201"
          "04" +
              kX + kY,
          "0421"
          "04" +
              kX,
          "0422"
          "02" +
              kX,
          "0441"
          "06" +
              kX + kY,
          "06" + kX + kY, "07" + kX + kY, "05" + kX, kX.substr(2) + kY}) {
        const auto key = decode(form);
        ASSERT_FALSE(key) << form;
        EXPECT_EQ(key.error().code, ErrorCode::bad_response) << form;
        EXPECT_EQ(key.error().reason, "E_EC_POINT") << form;
    }
}

TEST(ec_point, refuses_a_point_that_is_not_on_the_curve) {
    std::string off = kY;
    off.back() = '9';
    for (const std::string& form :
         {"0441"
          "04" +
              kX + off,
          kX + off, std::string(128, '0')}) {
        const auto key = decode(form);
        ASSERT_FALSE(key) << form;
        EXPECT_EQ(key.error().reason, "E_EC_POINT") << form;
    }
}

TEST(ec_point, knows_the_object_identifier_of_secp256k1) {
    EXPECT_EQ(to_hex(BytesView{kSecp256k1Params}), "0x06052b8104000a");
}

}  // namespace
}  // namespace chela::signer::pkcs11
