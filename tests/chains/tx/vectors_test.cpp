#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "chains/tx/transaction.hpp"
#include "tests/chains/tx/cases.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

using test::transaction_cases;

SigningHash signing_hash(BytesView unsigned_bytes) {
    return SigningHash{keccak256(unsigned_bytes).bytes};
}

TEST(transaction_vectors, encode_to_the_expected_unsigned_bytes) {
    for (const auto& each : transaction_cases()) {
        EXPECT_EQ(to_hex(encode_unsigned(each.transaction)), to_hex(each.unsigned_bytes))
            << each.name;
    }
}

TEST(transaction_vectors, have_the_published_signing_hash) {
    int published = 0;
    for (const auto& each : transaction_cases()) {
        if (each.signing_hash.empty()) continue;
        EXPECT_EQ(to_hex(signing_hash(encode_unsigned(each.transaction))), each.signing_hash)
            << each.name;
        ++published;
    }
    EXPECT_GE(published, 1);
}

TEST(transaction_vectors, sign_to_the_expected_bytes_and_hash) {
    for (const auto& each : transaction_cases()) {
        const auto signature = each.key.sign(signing_hash(encode_unsigned(each.transaction)));
        const Bytes encoded = encode_signed(each.transaction, signature);
        EXPECT_EQ(to_hex(encoded), to_hex(each.signed_bytes)) << each.name;
        EXPECT_EQ(transaction_hash(encoded), each.hash) << each.name;
    }
}

TEST(transaction_vectors, decode_unsigned_to_their_fields) {
    for (const auto& each : transaction_cases()) {
        const auto decoded = decode_unsigned(each.unsigned_bytes);
        ASSERT_TRUE(decoded) << each.name << ": " << decoded.error().detail;
        EXPECT_EQ(*decoded, each.transaction) << each.name;
    }
}

TEST(transaction_vectors, decode_signed_to_their_fields_sender_and_hash) {
    for (const auto& each : transaction_cases()) {
        const auto decoded = decode_signed(each.signed_bytes);
        ASSERT_TRUE(decoded) << each.name << ": " << decoded.error().detail;
        EXPECT_EQ(decoded->transaction, each.transaction) << each.name;
        EXPECT_EQ(decoded->sender, each.sender) << each.name;
        EXPECT_EQ(decoded->sender, address_of(each.key.public_key())) << each.name;
        EXPECT_EQ(decoded->hash, each.hash) << each.name;
        EXPECT_EQ(decoded->signature, each.key.sign(signing_hash(each.unsigned_bytes)))
            << each.name;
    }
}

TEST(transaction_vectors, are_refused_when_cut_or_extended) {
    for (const auto& each : transaction_cases()) {
        for (std::size_t size = 0; size < each.unsigned_bytes.size(); ++size) {
            EXPECT_FALSE(decode_unsigned(BytesView{each.unsigned_bytes}.first(size))) << each.name;
        }
        for (std::size_t size = 0; size < each.signed_bytes.size(); ++size) {
            EXPECT_FALSE(decode_signed(BytesView{each.signed_bytes}.first(size))) << each.name;
        }
        Bytes longer = each.unsigned_bytes;
        longer.push_back(0x80);
        EXPECT_FALSE(decode_unsigned(longer)) << each.name;
        longer = each.signed_bytes;
        longer.push_back(0x80);
        EXPECT_FALSE(decode_signed(longer)) << each.name;
    }
}

TEST(transaction_vectors, keep_unsigned_and_signed_bytes_apart) {
    for (const auto& each : transaction_cases()) {
        EXPECT_FALSE(decode_signed(each.unsigned_bytes)) << each.name;
        EXPECT_FALSE(decode_unsigned(each.signed_bytes)) << each.name;
    }
}

// Two byte strings for one transaction would let a policy see one and the chain another.
TEST(
    transaction_vectors,
    any_changed_byte_is_refused_or_is_another_transaction_in_its_only_encoding) {
    std::size_t refused = 0;
    for (const auto& each : transaction_cases()) {
        for (std::size_t i = 0; i < each.unsigned_bytes.size(); ++i) {
            for (const unsigned change : {0x01U, 0x80U, 0xffU}) {
                Bytes changed = each.unsigned_bytes;
                changed[i] = static_cast<std::uint8_t>(changed[i] ^ change);
                const auto decoded = decode_unsigned(changed);
                if (!decoded) {
                    ++refused;
                    continue;
                }
                EXPECT_NE(*decoded, each.transaction) << each.name << " byte " << i;
                EXPECT_EQ(encode_unsigned(*decoded), changed) << each.name << " byte " << i;
            }
        }
    }
    EXPECT_GT(refused, 500U);
}

TEST(transaction_vectors, a_changed_byte_of_signed_bytes_never_keeps_sender_and_fields) {
    const auto cases = transaction_cases();
    for (const auto& each : {cases.front(), cases.back()}) {
        for (std::size_t i = 0; i < each.signed_bytes.size(); ++i) {
            Bytes changed = each.signed_bytes;
            changed[i] = static_cast<std::uint8_t>(changed[i] ^ 0x01U);
            const auto decoded = decode_signed(changed);
            if (!decoded) continue;
            EXPECT_EQ(encode_signed(decoded->transaction, decoded->signature), changed)
                << each.name << " byte " << i;
            EXPECT_NE(decoded->sender, each.sender) << each.name << " byte " << i;
        }
    }
}

}  // namespace
}  // namespace chela::chains
