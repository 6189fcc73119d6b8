#include "chains/crypto/keccak.hpp"
#include "tests/chains/test_key.hpp"
#include "tests/chains/tx/broken.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

using test::encode;
using test::Fields;
using test::item;
using test::kEip1559;
using test::kLegacy;
using test::kNot256Bits;
using test::refusal;
using test::TestKey;
using test::with;

const TestKey kKey{"0x4646464646464646464646464646464646464646464646464646464646464646"};

RecoverableSignature signature_of(const Bytes& unsigned_bytes) {
    return kKey.sign(SigningHash{keccak256(unsigned_bytes).bytes});
}

/// kLegacy with this v and the signature's r and s.
Fields signed_legacy(const std::string& v, const RecoverableSignature& signature) {
    return with(with(with(kLegacy, 6, v), 7, item(signature.r)), 8, item(signature.s));
}

Fields signed_1559(const std::string& parity, const RecoverableSignature& signature) {
    Fields out = kEip1559;
    out.insert(out.end(), {parity, item(signature.r), item(signature.s)});
    return out;
}

TEST(decode_signed, takes_the_transactions_that_this_file_breaks) {
    const auto legacy = signature_of(encode(kLegacy));
    const auto decoded =
        decode_signed(encode(signed_legacy(item(U256{37U + legacy.y_parity}), legacy)));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->sender, address_of(kKey.public_key()));
    const auto typed = signature_of(encode(kEip1559, "0x02"));
    const auto other =
        decode_signed(encode(signed_1559(item(U256{typed.y_parity}), typed), "0x02"));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->sender, address_of(kKey.public_key()));
}

TEST(decode_signed, refuses_a_legacy_without_replay_protection) {
    const auto signature = signature_of(encode(kLegacy));
    for (std::uint64_t v = 0; v < 35; ++v) {
        EXPECT_EQ(
            refusal(decode_signed(encode(signed_legacy(item(U256{v}), signature)))),
            "E_NO_REPLAY_PROTECTION")
            << v;
    }
}

TEST(decode_signed, refuses_a_v_of_chain_id_zero_or_over_64_bits) {
    const auto signature = signature_of(encode(kLegacy));
    const U256 largest_v = add(multiply(U256{~0ULL}, U256{2}).value(), U256{36}).value();
    for (const U256& v : {U256{35}, U256{36}, add(largest_v, U256{1}).value(), U256::max()}) {
        const auto refused = decode_signed(encode(signed_legacy(item(v), signature)));
        EXPECT_EQ(refusal(refused), "invalid_input") << to_decimal(v);
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().detail.find("chain id in v"), std::string::npos);
    }
}

TEST(decode_signed, takes_the_largest_chain_id_in_v) {
    Transaction tx = decode_unsigned(encode(with(kLegacy, 6, item(U256{~0ULL})))).value();
    const auto signature = signature_of(encode_unsigned(tx));
    const auto decoded = decode_signed(encode_signed(tx, signature));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->transaction, tx);
    EXPECT_EQ(decoded->sender, address_of(kKey.public_key()));
}

TEST(decode_signed, refuses_the_high_s_twin) {
    auto legacy = signature_of(encode(kLegacy));
    legacy.s = test::negated(legacy.s);
    legacy.y_parity ^= 1U;
    EXPECT_EQ(
        refusal(decode_signed(encode(signed_legacy(item(U256{37U + legacy.y_parity}), legacy)))),
        "E_HIGH_S");
    auto typed = signature_of(encode(kEip1559, "0x02"));
    typed.s = test::negated(typed.s);
    typed.y_parity ^= 1U;
    EXPECT_EQ(
        refusal(decode_signed(encode(signed_1559(item(U256{typed.y_parity}), typed), "0x02"))),
        "E_HIGH_S");
}

TEST(decode_signed, refuses_a_parity_over_one) {
    const auto signature = signature_of(encode(kEip1559, "0x02"));
    for (const char* parity : {"0x02", "0x1b", "0x1c", "0x25", "0x00", "0x820100", "0xc0"}) {
        EXPECT_EQ(
            refusal(decode_signed(encode(signed_1559(parity, signature), "0x02"))), "invalid_input")
            << parity;
    }
}

TEST(decode_signed, refuses_r_and_s_that_are_no_scalars) {
    const auto good = signature_of(encode(kEip1559, "0x02"));
    const std::string parity = item(U256{good.y_parity});
    const U256 order = add(good.s, test::negated(good.s)).value();
    for (const U256& bad : {U256{}, order, U256::max()}) {
        EXPECT_EQ(
            refusal(decode_signed(encode(signed_1559(parity, {bad, good.s, 0}), "0x02"))),
            "invalid_input");
        EXPECT_EQ(
            refusal(decode_signed(encode(signed_1559(parity, {good.r, bad, 0}), "0x02"))),
            "invalid_input");
    }
    const Fields fields = signed_1559(parity, good);
    for (const std::size_t at : {10U, 11U}) {
        EXPECT_EQ(
            refusal(decode_signed(encode(with(fields, at, kNot256Bits), "0x02"))), "invalid_input");
        EXPECT_EQ(
            refusal(decode_signed(encode(with(fields, at, "0x820001"), "0x02"))), "invalid_input");
    }
}

}  // namespace
}  // namespace chela::chains
