#include "chains/crypto/ecdsa.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "tests/chains/test_key.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <secp256k1.h>

namespace chela::chains {
namespace {

using test::negated;
using test::TestKey;

const std::string kOrder = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const std::string kHalfOrder = "0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
const std::string kKey = "0x4646464646464646464646464646464646464646464646464646464646464646";

U256 number(const std::string& quantity) {
    return parse_quantity(quantity).value();
}
U256 plus_one(const U256& value) {
    return add(value, U256{1}).value();
}

Bytes raw_signature(const U256& r, const U256& s) {
    Bytes out;
    for (const U256& each : {r, s}) {
        const auto bytes = each.to_big_endian();
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    return out;
}

SigningHash hash_of(std::uint8_t seed) {
    return SigningHash{keccak256(Bytes{seed}).bytes};
}

Bytes prefixed(std::uint8_t prefix, BytesView rest) {
    Bytes out{prefix};
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

void expect_invalid(const auto& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::invalid_input);
}

TEST(address_of, gives_the_known_addresses_of_known_keys) {
    const TestKey one{"0x" + std::string(63, '0') + "1"};
    EXPECT_EQ(
        to_checksum(address_of(one.public_key())), "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
    EXPECT_EQ(
        to_checksum(address_of(TestKey{kKey}.public_key())),
        "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F");
}

TEST(parse_public_key, reads_the_three_forms_of_one_point) {
    for (const char* last : {"1", "2", "3", "7", "b"}) {
        const PublicKey key = TestKey{"0x" + std::string(63, '0') + last}.public_key();
        const bool is_odd = (key.bytes[63] & 1U) != 0;
        EXPECT_EQ(parse_public_key(key.view()).value(), key);
        EXPECT_EQ(parse_public_key(prefixed(0x04, key.view())).value(), key);
        EXPECT_EQ(
            parse_public_key(prefixed(is_odd ? 0x03 : 0x02, key.view().first(32))).value(), key);
        EXPECT_NE(
            parse_public_key(prefixed(is_odd ? 0x02 : 0x03, key.view().first(32))).value(), key);
    }
}

TEST(parse_public_key, refuses_hybrid_and_unknown_prefixes) {
    const PublicKey key = TestKey{kKey}.public_key();
    for (unsigned prefix = 0; prefix < 256; ++prefix) {
        const auto byte = static_cast<std::uint8_t>(prefix);
        EXPECT_EQ(parse_public_key(prefixed(byte, key.view())).has_value(), prefix == 4) << prefix;
        EXPECT_EQ(
            parse_public_key(prefixed(byte, key.view().first(32))).has_value(),
            prefix == 2 || prefix == 3);
    }
}

TEST(parse_public_key, refuses_what_is_not_on_the_curve) {
    PublicKey key = TestKey{kKey}.public_key();
    key.bytes[63] ^= 1U;
    expect_invalid(parse_public_key(key.view()));
    expect_invalid(parse_public_key(Bytes(64, 0x00)));
    expect_invalid(parse_public_key(Bytes(64, 0xff)));
    expect_invalid(parse_public_key(prefixed(0x02, Bytes(32, 0xff))));
    // x = 5 has no y on the curve.
    expect_invalid(parse_public_key(prefixed(0x02, U256{5}.to_big_endian())));
}

TEST(parse_public_key, refuses_every_other_size) {
    const PublicKey key = TestKey{kKey}.public_key();
    const Bytes encoded = prefixed(0x04, key.view());
    for (std::size_t size = 0; size < 65; ++size) {
        if (size == 33 || size == 64) continue;
        expect_invalid(parse_public_key(BytesView{encoded}.first(size)));
    }
    Bytes longer = encoded;
    longer.push_back(0);
    expect_invalid(parse_public_key(longer));
}

TEST(normalize_signature, agrees_with_libsecp256k1) {
    secp256k1_context* const context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    for (unsigned seed = 0; seed < 200; ++seed) {
        // Two hashes are as good as a signature here, nothing is verified.
        const Hash256 r = keccak256(Bytes{static_cast<std::uint8_t>(seed), 0});
        const Hash256 s = keccak256(Bytes{static_cast<std::uint8_t>(seed), 1});
        Bytes raw(r.bytes.begin(), r.bytes.end());
        raw.insert(raw.end(), s.bytes.begin(), s.bytes.end());
        secp256k1_ecdsa_signature parsed;
        ASSERT_EQ(secp256k1_ecdsa_signature_parse_compact(context, &parsed, raw.data()), 1);
        secp256k1_ecdsa_signature_normalize(context, &parsed, &parsed);
        Bytes expected(64);
        secp256k1_ecdsa_signature_serialize_compact(context, expected.data(), &parsed);
        const auto actual = normalize_signature(raw);
        ASSERT_TRUE(actual);
        EXPECT_EQ(raw_signature(actual->r, actual->s), expected);
    }
    secp256k1_context_destroy(context);
}

TEST(normalize_signature, keeps_half_the_order_and_turns_the_next) {
    const U256 half = number(kHalfOrder);
    EXPECT_EQ(normalize_signature(raw_signature(U256{1}, half)).value().s, half);
    EXPECT_EQ(normalize_signature(raw_signature(U256{1}, plus_one(half))).value().s, half);
    EXPECT_EQ(
        normalize_signature(raw_signature(U256{1}, subtract(number(kOrder), U256{1}).value()))
            .value()
            .s,
        U256{1});
    EXPECT_EQ(normalize_signature(raw_signature(U256{1}, U256{1})).value().s, U256{1});
}

TEST(normalize_signature, refuses_zero_and_the_order_and_above) {
    const U256 order = number(kOrder);
    for (const U256& bad : {U256{}, order, plus_one(order), U256::max()}) {
        expect_invalid(normalize_signature(raw_signature(bad, U256{1})));
        expect_invalid(normalize_signature(raw_signature(U256{1}, bad)));
    }
}

TEST(normalize_signature, refuses_other_sizes) {
    for (const std::size_t size : {0U, 1U, 32U, 63U, 65U, 72U, 128U}) {
        expect_invalid(normalize_signature(Bytes(size, 0x01)));
    }
}

TEST(recover, finds_the_signer) {
    const TestKey key{kKey};
    bool has_seen_parity[2] = {false, false};
    for (std::uint8_t seed = 0; seed < 40; ++seed) {
        const auto signature = key.sign(hash_of(seed));
        has_seen_parity[signature.y_parity] = true;
        EXPECT_EQ(recover(hash_of(seed), signature).value(), key.public_key());
    }
    EXPECT_TRUE(has_seen_parity[0] && has_seen_parity[1]);
}

TEST(recover, gives_another_key_for_another_hash_or_parity) {
    const TestKey key{kKey};
    auto signature = key.sign(hash_of(1));
    const auto other_hash = recover(hash_of(2), signature);
    EXPECT_TRUE(!other_hash || *other_hash != key.public_key());
    signature.y_parity ^= 1U;
    const auto other_parity = recover(hash_of(1), signature);
    EXPECT_TRUE(!other_parity || *other_parity != key.public_key());
}

TEST(recover, refuses_the_high_s_twin_of_a_good_signature) {
    auto signature = TestKey{kKey}.sign(hash_of(1));
    signature.s = negated(signature.s);
    for (const std::uint8_t parity : {std::uint8_t{0}, std::uint8_t{1}}) {
        signature.y_parity = parity;
        const auto refused = recover(hash_of(1), signature);
        expect_invalid(refused);
        EXPECT_EQ(refused.error().reason, "E_HIGH_S");
    }
}

TEST(recover, refuses_a_parity_that_ethereum_does_not_have) {
    auto signature = TestKey{kKey}.sign(hash_of(1));
    for (const unsigned parity : {2U, 3U, 4U, 27U, 28U, 255U}) {
        signature.y_parity = static_cast<std::uint8_t>(parity);
        expect_invalid(recover(hash_of(1), signature));
    }
}

TEST(recover, refuses_r_and_s_out_of_range_and_r_without_a_point) {
    const auto good = TestKey{kKey}.sign(hash_of(1));
    for (const U256& bad : {U256{}, number(kOrder), U256::max()}) {
        expect_invalid(recover(hash_of(1), {bad, good.s, 0}));
        expect_invalid(recover(hash_of(1), {good.r, bad, 0}));
    }
    expect_invalid(recover(hash_of(1), {U256{5}, good.s, 0}));
}

TEST(make_recoverable, finds_the_parity_of_low_and_high_s) {
    const TestKey key{kKey};
    for (std::uint8_t seed = 0; seed < 40; ++seed) {
        const auto expected = key.sign(hash_of(seed));
        EXPECT_EQ(
            make_recoverable(hash_of(seed), key.sign_raw(hash_of(seed)), key.public_key()).value(),
            expected);
        const Bytes high = raw_signature(expected.r, negated(expected.s));
        EXPECT_EQ(make_recoverable(hash_of(seed), high, key.public_key()).value(), expected);
    }
}

TEST(make_recoverable, refuses_what_the_expected_key_did_not_sign) {
    const TestKey key{kKey};
    const TestKey other{"0x" + std::string(63, '0') + "1"};
    const auto raw = key.sign_raw(hash_of(1));
    auto changed = raw;
    changed[63] ^= 1U;
    const Bytes zero(64, 0x00);
    const Bytes full(64, 0xff);
    for (const auto& refused :
         {make_recoverable(hash_of(1), raw, other.public_key()),
          make_recoverable(hash_of(2), raw, key.public_key()),
          make_recoverable(hash_of(1), changed, key.public_key()),
          make_recoverable(hash_of(1), raw, PublicKey{}),
          make_recoverable(hash_of(1), zero, key.public_key()),
          make_recoverable(hash_of(1), full, key.public_key()),
          make_recoverable(hash_of(1), BytesView{raw}.first(63), key.public_key()),
          make_recoverable(hash_of(1), {}, key.public_key())}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::bad_response);
        EXPECT_EQ(refused.error().reason, "E_SIGNATURE_MISMATCH");
    }
}

}  // namespace
}  // namespace chela::chains
