#include "chains/tx/unprotected.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/preimage/preimage.hpp"
#include "tests/chains/test_key.hpp"
#include "tests/chains/tx/broken.hpp"

#include <type_traits>

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

using test::encode;
using test::Fields;
using test::item;
using test::kLegacy;
using test::kNot256Bits;
using test::refusal;
using test::TestKey;
using test::with;

// There is no way from here to a signature.
static_assert(!std::is_constructible_v<Preimage, UnprotectedTransaction>);
static_assert(!std::is_constructible_v<Transaction, UnprotectedTransaction>);
static_assert(!std::is_convertible_v<UnprotectedTransaction, Transaction>);
static_assert(std::is_constructible_v<Preimage, LegacyTransaction>);

const TestKey kKey{"0x4646464646464646464646464646464646464646464646464646464646464646"};

Fields six() {
    return {kLegacy.begin(), kLegacy.begin() + 6};
}

RecoverableSignature signature() {
    return kKey.sign(SigningHash{keccak256(encode(six())).bytes});
}

Fields nine(const std::string& v, const U256& r, const U256& s) {
    Fields out = six();
    out.insert(out.end(), {v, item(r), item(s)});
    return out;
}

Bytes good() {
    const auto s = signature();
    return encode(nine(item(U256{27U + s.y_parity}), s.r, s.s));
}

TEST(unprotected, decodes_the_six_fields_and_has_one_encoding) {
    const Bytes encoded = encode(six());
    const auto decoded = decode_unsigned_unprotected(encoded);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->nonce, Nonce{9});
    EXPECT_EQ(decoded->gas_price, Wei{U256{100}});
    EXPECT_EQ(decoded->gas_limit, Gas{21000});
    EXPECT_TRUE(decoded->to);
    EXPECT_EQ(decoded->value, Wei{U256{1}});
    EXPECT_TRUE(decoded->data.empty());
    EXPECT_EQ(encode_unsigned(*decoded), encoded);
}

TEST(unprotected, recovers_the_sender_and_hashes_the_signed_bytes) {
    const auto decoded = decode_signed_unprotected(good());
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(decoded->sender, address_of(kKey.public_key()));
    EXPECT_EQ(decoded->signature, signature());
    EXPECT_EQ(decoded->hash.bytes, keccak256(good()).bytes);
    EXPECT_EQ(encode_signed(decoded->transaction, decoded->signature), good());
}

TEST(unprotected, is_refused_by_the_functions_of_signable_transactions) {
    EXPECT_EQ(refusal(decode_unsigned(encode(six()))), "E_NO_REPLAY_PROTECTION");
    EXPECT_EQ(refusal(decode_signed(good())), "E_NO_REPLAY_PROTECTION");
}

TEST(unprotected, takes_v_27_and_28_only) {
    const auto s = signature();
    for (std::uint64_t v = 0; v < 64; ++v) {
        const auto decoded = decode_signed_unprotected(encode(nine(item(U256{v}), s.r, s.s)));
        if (v == 27U + s.y_parity) {
            EXPECT_EQ(decoded.value().sender, address_of(kKey.public_key()));
        } else if (v == 27 || v == 28) {
            EXPECT_TRUE(!decoded || decoded->sender != address_of(kKey.public_key()));
        } else {
            EXPECT_EQ(refusal(decoded), "invalid_input") << v;
        }
    }
    EXPECT_EQ(
        refusal(decode_signed_unprotected(encode(nine(item(U256{{27, 1, 0, 0}}), s.r, s.s)))),
        "invalid_input");
}

TEST(unprotected, refuses_signatures_that_are_none) {
    const auto s = signature();
    const std::string v = item(U256{27U + s.y_parity});
    const U256 order = add(s.s, test::negated(s.s)).value();
    for (const U256& bad : {U256{}, order, U256::max()}) {
        EXPECT_EQ(refusal(decode_signed_unprotected(encode(nine(v, bad, s.s)))), "invalid_input");
        EXPECT_EQ(refusal(decode_signed_unprotected(encode(nine(v, s.r, bad)))), "invalid_input");
    }
    EXPECT_EQ(
        refusal(decode_signed_unprotected(
            encode(nine(item(U256{28U - s.y_parity}), s.r, test::negated(s.s))))),
        "E_HIGH_S");
}

TEST(unprotected, refuses_malformed_fields) {
    for (const std::size_t at : {0U, 1U, 2U, 4U}) {
        for (const std::string& bad : {std::string{"0x00"}, std::string{"0xc0"}, kNot256Bits})
            EXPECT_EQ(
                refusal(decode_unsigned_unprotected(encode(with(six(), at, bad)))),
                "invalid_input");
    }
    EXPECT_EQ(refusal(decode_unsigned_unprotected(encode(with(six(), 3, "0x80")))), "accepted");
    EXPECT_EQ(
        refusal(decode_unsigned_unprotected(encode(with(six(), 3, "0x01")))), "invalid_input");
    EXPECT_EQ(
        refusal(decode_unsigned_unprotected(encode(with(six(), 5, "0xc0")))), "invalid_input");
    for (std::size_t count = 0; count <= 10; ++count) {
        Fields fields = six();
        fields.resize(count, "0x80");
        if (count != 6) {
            EXPECT_EQ(refusal(decode_unsigned_unprotected(encode(fields))), "invalid_input");
        }
        EXPECT_EQ(refusal(decode_signed_unprotected(encode(fields))), "invalid_input") << count;
    }
}

TEST(unprotected, is_refused_when_cut_or_extended_or_typed) {
    Bytes all = good();
    for (std::size_t size = 0; size < all.size(); ++size)
        EXPECT_FALSE(decode_signed_unprotected(BytesView{all}.first(size)));
    all.push_back(0x80);
    EXPECT_FALSE(decode_signed_unprotected(all));
    Bytes typed = encode(six(), "0x02");
    EXPECT_FALSE(decode_unsigned_unprotected(typed));
}

}  // namespace
}  // namespace chela::chains
