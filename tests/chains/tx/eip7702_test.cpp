#include "chains/tx/eip7702.hpp"

#include "chains/crypto/keccak.hpp"
#include "tests/chains/test_key.hpp"
#include "tests/chains/tx/broken.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

using test::encode;
using test::kEip7702;
using test::kTuple;
using test::list_of;
using test::refusal;
using test::TestKey;
using test::with;

const TestKey kKey{"0x4646464646464646464646464646464646464646464646464646464646464646"};
const std::string kTo = "94" + std::string(40, '3');

Authorization authorization() {
    Address code;
    code.bytes[19] = 0x70;
    return {.chain_id = ChainId{1}, .address = code, .nonce = Nonce{7}};
}

SignedAuthorization sign(const Authorization& plain) {
    const auto signature = kKey.sign(signing_hash(plain));
    return {plain, signature.y_parity, signature.r, signature.s};
}

std::string refusal_of_tuples(const std::string& payload) {
    return refusal(decode_unsigned(encode(with(kEip7702, 9, list_of(payload)), "0x04")));
}

/// A tuple of these items, hex digits only.
std::string tuple(const std::string& payload) {
    return list_of(payload).substr(2);
}

TEST(authorization, is_signed_over_the_magic_byte_and_its_three_fields) {
    EXPECT_EQ(
        to_hex(encode_unsigned(authorization())),
        "0x05d7"
        "01"
        "94"
        "0000000000000000000000000000000000000070"
        "07");
    EXPECT_EQ(
        signing_hash(authorization()).bytes, keccak256(encode_unsigned(authorization())).bytes);
    EXPECT_EQ(
        to_hex(encode_unsigned(Authorization{})),
        "0x05d7"
        "80"
        "94"
        "0000000000000000000000000000000000000000"
        "80");
}

TEST(authorization, decodes_from_its_own_bytes_only) {
    for (const Authorization& each :
         {authorization(), Authorization{}, Authorization{ChainId{~0ULL}, {}, Nonce{~0ULL}}}) {
        const Bytes encoded = encode_unsigned(each);
        EXPECT_EQ(decode_authorization(encoded).value(), each);
        for (std::size_t size = 0; size < encoded.size(); ++size)
            EXPECT_FALSE(decode_authorization(BytesView{encoded}.first(size)));
    }
    Bytes other = encode_unsigned(authorization());
    other[0] = 0x04;
    EXPECT_EQ(refusal(decode_authorization(other)), "unsupported");
    for (const std::string& bad :
         {"05" + tuple("01" + kTo), "05" + tuple("01" + kTo + "0780"),
          "05" + tuple("00" + kTo + "07"), "05" + tuple("01" + kTo + "890100000000000000ff"),
          "05" + tuple("018007"), "05" + tuple("01" + kTo + "c0"),
          "05" + tuple("01" + kTo + "07") + "80", std::string{"0580"}})
        EXPECT_EQ(refusal(decode_authorization(parse_hex("0x" + bad).value())), "invalid_input")
            << bad;
}

TEST(recover_authority, finds_who_signed) {
    EXPECT_EQ(recover_authority(sign(authorization())).value(), address_of(kKey.public_key()));
}

TEST(recover_authority, finds_somebody_else_when_a_field_changes) {
    const Address signer = address_of(kKey.public_key());
    for (int field = 0; field < 3; ++field) {
        SignedAuthorization changed = sign(authorization());
        if (field == 0) changed.authorization.chain_id = ChainId{0};
        if (field == 1) changed.authorization.address = {};
        if (field == 2) changed.authorization.nonce = Nonce{8};
        const auto authority = recover_authority(changed);
        EXPECT_TRUE(!authority || *authority != signer) << field;
    }
}

TEST(recover_authority, refuses_what_the_chain_skips) {
    SignedAuthorization changed = sign(authorization());
    changed.s = test::negated(changed.s);
    changed.y_parity ^= 1U;
    EXPECT_EQ(refusal(recover_authority(changed)), "E_HIGH_S");
    changed = sign(authorization());
    changed.y_parity = 2;
    EXPECT_EQ(refusal(recover_authority(changed)), "invalid_input");
    changed = sign(authorization());
    changed.r = U256{};
    EXPECT_EQ(refusal(recover_authority(changed)), "invalid_input");
    Authorization last = authorization();
    last.nonce = Nonce{~0ULL};
    EXPECT_EQ(refusal(recover_authority(sign(last))), "out_of_range");
    last.nonce = Nonce{~0ULL - 1};
    EXPECT_EQ(refusal(recover_authority(sign(last))), "accepted");
}

TEST(eip7702, keeps_tuples_as_they_are_even_when_the_chain_would_skip_them) {
    const std::string full = "88" + std::string(16, 'f');
    const std::string wide = "a0" + std::string(64, 'f');
    const std::string odd = tuple("80" + kTo + full + "81ff" + wide + wide);
    const Bytes encoded = encode(with(kEip7702, 9, list_of(kTuple + odd)), "0x04");
    const auto decoded = decode_unsigned(encoded);
    ASSERT_TRUE(decoded) << decoded.error().detail;
    const auto& tuples = std::get<Eip7702Transaction>(*decoded).authorization_list;
    ASSERT_EQ(tuples.size(), 2U);
    EXPECT_EQ(tuples[0].authorization.chain_id, ChainId{1});
    EXPECT_EQ(tuples[0].authorization.nonce, Nonce{2});
    EXPECT_EQ(tuples[0].r, U256{3});
    EXPECT_EQ(tuples[0].s, U256{4});
    EXPECT_EQ(tuples[1].authorization.chain_id, ChainId{0});
    EXPECT_EQ(tuples[1].authorization.nonce, Nonce{~0ULL});
    EXPECT_EQ(tuples[1].y_parity, 0xff);
    EXPECT_EQ(tuples[1].r, U256::max());
    EXPECT_EQ(encode_unsigned(*decoded), encoded);
}

TEST(eip7702, refuses_an_authorization_list_that_is_none_or_empty) {
    for (const char* bad : {"0xc0", "0x80", "0x01"})
        EXPECT_EQ(
            refusal(decode_unsigned(encode(with(kEip7702, 9, bad), "0x04"))), "invalid_input");
}

TEST(eip7702, refuses_malformed_tuples) {
    const std::string wide = "a1" + std::string(66, '1');
    EXPECT_EQ(refusal_of_tuples(tuple("01" + kTo + "02800304")), "accepted");
    for (const std::string& bad :
         {std::string{"80"}, tuple(""), tuple("01" + kTo + "028003"),
          tuple("01" + kTo + "0280030405"), tuple("00" + kTo + "02800304"),
          tuple("01" + kTo + "00800304"),
          tuple("0180"
                "02800304"),
          tuple("0193" + std::string(38, '3') + "02800304"), tuple("01" + kTo + "028201000304"),
          tuple("01" + kTo + "02000304"), tuple("01" + kTo + "0280" + wide + "04"),
          tuple("01" + kTo + "028003" + wide), tuple("01" + kTo + "02800300"),
          tuple("890100000000000000ff" + kTo + "02800304"),
          tuple(
              "01" + kTo +
              "890100000000000000ff"
              "800304"),
          kTuple + "80"})
        EXPECT_EQ(refusal_of_tuples(bad), "invalid_input") << bad;
}

TEST(eip7702, names_the_byte_of_a_refused_tuple_field) {
    const auto refused =
        decode_unsigned(encode(with(kEip7702, 9, list_of(tuple("00" + kTo + "02800304"))), "0x04"));
    ASSERT_FALSE(refused);
    // The type, a header of 2 bytes, 31 bytes of fields, the headers of the list and the tuple.
    EXPECT_NE(refused.error().detail.find("at byte 36:"), std::string::npos)
        << refused.error().detail;
}

}  // namespace
}  // namespace chela::chains
