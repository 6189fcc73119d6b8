// What every typed transaction refuses alike, as one table over the types.
#include "chains/crypto/keccak.hpp"
#include "tests/chains/test_key.hpp"
#include "tests/chains/tx/broken.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

using test::encode;
using test::Fields;
using test::item;
using test::kNot256Bits;
using test::kNot64Bits;
using test::refusal;
using test::TestKey;
using test::with;
using Places = std::vector<std::size_t>;

const TestKey kKey{"0x4646464646464646464646464646464646464646464646464646464646464646"};

struct Type {
    const char* prefix;
    Fields fields;
    Places up_to_64_bits;
    Places up_to_256_bits;
    std::size_t nonce;
    std::size_t to;
    bool may_create;
    std::size_t data;
    std::size_t access_list;
};

const std::vector<Type> kTypes{
    {"0x01", test::kEip2930, {0, 1, 3}, {2, 5}, 1, 4, true, 6, 7},
    {"0x02", test::kEip1559, {0, 1, 4}, {2, 3, 6}, 1, 5, true, 7, 8},
    {"0x03", test::kEip4844, {0, 1, 4}, {2, 3, 6, 9}, 1, 5, false, 7, 8},
    {"0x04", test::kEip7702, {0, 1, 4}, {2, 3, 6}, 1, 5, false, 7, 8}};

std::string refusal_of(const Type& type, const Fields& fields) {
    return refusal(decode_unsigned(encode(fields, type.prefix)));
}

Bytes signed_bytes(const Type& type, const std::string& parity, const U256& r, const U256& s) {
    Fields fields = type.fields;
    fields.insert(fields.end(), {parity, item(r), item(s)});
    return encode(fields, type.prefix);
}

RecoverableSignature signature_of(const Type& type) {
    return kKey.sign(SigningHash{keccak256(encode(type.fields, type.prefix)).bytes});
}

TEST(typed_transactions, are_taken_as_this_file_has_them_and_encode_to_the_same_bytes) {
    for (const Type& type : kTypes) {
        const Bytes encoded = encode(type.fields, type.prefix);
        const auto decoded = decode_unsigned(encoded);
        ASSERT_TRUE(decoded) << type.prefix << " " << decoded.error().detail;
        EXPECT_EQ(encode_unsigned(*decoded), encoded) << type.prefix;
        const auto s = signature_of(type);
        const Bytes all = signed_bytes(type, item(U256{s.y_parity}), s.r, s.s);
        const auto read = decode_signed(all);
        ASSERT_TRUE(read) << type.prefix << " " << read.error().detail;
        EXPECT_EQ(read->transaction, *decoded);
        EXPECT_EQ(read->signature, s);
        EXPECT_EQ(read->sender, address_of(kKey.public_key()));
        EXPECT_EQ(read->hash.bytes, keccak256(all).bytes);
        EXPECT_EQ(read->sidecar, std::nullopt);
        EXPECT_EQ(encode_signed(*decoded, s), all);
    }
}

TEST(typed_transactions, refuse_integers_that_are_not_canonical_or_too_wide) {
    for (const Type& type : kTypes) {
        Places all = type.up_to_64_bits;
        all.insert(all.end(), type.up_to_256_bits.begin(), type.up_to_256_bits.end());
        for (const std::size_t at : all) {
            for (const std::string& bad :
                 {std::string{"0x00"}, std::string{"0x8101"}, std::string{"0x820001"},
                  std::string{"0xc0"}, std::string{"0xc101"}, kNot256Bits})
                EXPECT_EQ(refusal_of(type, with(type.fields, at, bad)), "invalid_input")
                    << type.prefix << " " << at << " " << bad;
        }
        for (const std::size_t at : type.up_to_64_bits)
            EXPECT_EQ(refusal_of(type, with(type.fields, at, kNot64Bits)), "invalid_input");
        for (const std::size_t at : type.up_to_256_bits) {
            auto fields = with(type.fields, at, item(U256::max()));
            // The fee that holds the priority fee grows with it.
            if (at == 2 && std::string_view{type.prefix} != "0x01")
                fields = with(fields, 3, item(U256::max()));
            EXPECT_EQ(refusal_of(type, fields), "accepted") << type.prefix << " " << at;
        }
    }
}

TEST(typed_transactions, refuse_chain_id_zero_and_the_last_nonce) {
    for (const Type& type : kTypes) {
        EXPECT_EQ(refusal_of(type, with(type.fields, 0, "0x80")), "invalid_input");
        EXPECT_EQ(refusal_of(type, with(type.fields, 0, item(U256{~0ULL}))), "accepted");
        EXPECT_EQ(
            refusal_of(type, with(type.fields, type.nonce, item(U256{~0ULL}))), "invalid_input");
        EXPECT_EQ(
            refusal_of(type, with(type.fields, type.nonce, item(U256{~0ULL - 1}))), "accepted");
    }
}

TEST(typed_transactions, take_nothing_as_recipient_only_where_the_type_can_create) {
    for (const Type& type : kTypes) {
        EXPECT_EQ(
            refusal_of(type, with(type.fields, type.to, "0x80")),
            type.may_create ? "accepted" : "invalid_input")
            << type.prefix;
        for (const std::size_t size : {1U, 19U, 21U, 32U}) {
            const std::string bad = to_hex(rlp::Encoder{}.string(Bytes(size, 0x99)).items());
            EXPECT_EQ(refusal_of(type, with(type.fields, type.to, bad)), "invalid_input") << size;
        }
        EXPECT_EQ(refusal_of(type, with(type.fields, type.to, "0xc0")), "invalid_input");
    }
}

TEST(typed_transactions, refuse_data_that_is_a_list_and_an_access_list_that_is_none) {
    for (const Type& type : kTypes) {
        EXPECT_EQ(refusal_of(type, with(type.fields, type.data, "0xc0")), "invalid_input");
        for (const char* bad : {"0x80", "0x01", "0xc180", "0xc1c0"}) {
            EXPECT_EQ(refusal_of(type, with(type.fields, type.access_list, bad)), "invalid_input")
                << type.prefix << " " << bad;
        }
    }
}

TEST(typed_transactions, refuse_any_other_number_of_fields) {
    for (const Type& type : kTypes) {
        for (std::size_t count = 0; count <= 16; ++count) {
            if (count == type.fields.size()) continue;
            Fields fields = type.fields;
            fields.resize(count, "0x80");
            EXPECT_EQ(refusal_of(type, fields), "invalid_input") << type.prefix << " " << count;
        }
    }
}

TEST(typed_transactions, are_refused_when_cut_or_extended) {
    for (const Type& type : kTypes) {
        const auto s = signature_of(type);
        Bytes bare = encode(type.fields, type.prefix);
        Bytes all = signed_bytes(type, item(U256{s.y_parity}), s.r, s.s);
        for (std::size_t size = 0; size < bare.size(); ++size)
            EXPECT_FALSE(decode_unsigned(BytesView{bare}.first(size)));
        for (std::size_t size = 0; size < all.size(); ++size)
            EXPECT_FALSE(decode_signed(BytesView{all}.first(size)));
        EXPECT_FALSE(decode_signed(bare));
        EXPECT_FALSE(decode_unsigned(all));
        bare.push_back(0x80);
        all.push_back(0x80);
        EXPECT_FALSE(decode_unsigned(bare));
        EXPECT_FALSE(decode_signed(all));
    }
}

TEST(typed_transactions, refuse_signatures_that_the_chain_refuses) {
    for (const Type& type : kTypes) {
        const auto good = signature_of(type);
        const std::string parity = item(U256{good.y_parity});
        const U256 order = add(good.s, test::negated(good.s)).value();
        for (const char* bad : {"0x02", "0x1b", "0x820100", "0xc0", "0x00"})
            EXPECT_EQ(
                refusal(decode_signed(signed_bytes(type, bad, good.r, good.s))), "invalid_input");
        for (const U256& bad : {U256{}, order, U256::max()}) {
            EXPECT_EQ(
                refusal(decode_signed(signed_bytes(type, parity, bad, good.s))), "invalid_input");
            EXPECT_EQ(
                refusal(decode_signed(signed_bytes(type, parity, good.r, bad))), "invalid_input");
        }
        EXPECT_EQ(
            refusal(decode_signed(
                signed_bytes(type, item(U256{good.y_parity ^ 1U}), good.r, test::negated(good.s)))),
            "E_HIGH_S");
    }
}

// Two byte strings for one transaction would let a policy see one and the chain another.
TEST(typed_transactions, have_one_encoding_only) {
    for (const Type& type : kTypes) {
        const Bytes original = encode(type.fields, type.prefix);
        const auto transaction = decode_unsigned(original).value();
        for (std::size_t i = 0; i < original.size(); ++i) {
            for (const unsigned change : {1U, 2U, 4U, 8U, 16U, 32U, 64U, 128U, 255U}) {
                Bytes changed = original;
                changed[i] = static_cast<std::uint8_t>(changed[i] ^ change);
                const auto decoded = decode_unsigned(changed);
                if (!decoded) continue;
                EXPECT_NE(*decoded, transaction) << type.prefix << " byte " << i;
                EXPECT_EQ(encode_unsigned(*decoded), changed) << type.prefix << " byte " << i;
            }
        }
    }
}

}  // namespace
}  // namespace chela::chains
