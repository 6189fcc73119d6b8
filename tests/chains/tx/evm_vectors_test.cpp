#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "tests/chains/tx/evm_cases.hpp"
#include "tests/chains/vectors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

using test::EvmCase;

class evm_vectors : public testing::TestWithParam<std::string_view> {};

TEST_P(evm_vectors, encode_to_the_bytes_and_the_hash_that_others_sign) {
    for (const EvmCase& each : test::evm_cases(GetParam())) {
        EXPECT_EQ(encode_unsigned(each.transaction), each.unsigned_bytes) << each.name;
        EXPECT_EQ(to_hex(signing_hash(each.transaction)), each.signing_hash) << each.name;
    }
}

TEST_P(evm_vectors, sign_to_the_same_bytes_and_hash) {
    for (const EvmCase& each : test::evm_cases(GetParam())) {
        const auto signature = each.key.sign(signing_hash(each.transaction));
        const Bytes encoded = encode_signed(each.transaction, signature);
        EXPECT_EQ(encoded, each.signed_bytes) << each.name;
        EXPECT_EQ(transaction_hash(encoded), each.hash) << each.name;
    }
}

TEST_P(evm_vectors, decode_to_their_fields_sender_and_hash) {
    for (const EvmCase& each : test::evm_cases(GetParam())) {
        const auto decoded_unsigned = decode_unsigned(each.unsigned_bytes);
        ASSERT_TRUE(decoded_unsigned) << each.name << ": " << decoded_unsigned.error().detail;
        EXPECT_EQ(*decoded_unsigned, each.transaction) << each.name;

        const auto decoded = decode_signed(each.signed_bytes);
        ASSERT_TRUE(decoded) << each.name << ": " << decoded.error().detail;
        EXPECT_EQ(decoded->transaction, each.transaction) << each.name;
        EXPECT_EQ(decoded->sender, each.sender) << each.name;
        EXPECT_EQ(decoded->hash, each.hash) << each.name;
        EXPECT_FALSE(decoded->sidecar) << each.name;
    }
}

TEST_P(evm_vectors, are_refused_when_cut_extended_or_mistaken_for_the_other_form) {
    for (const EvmCase& each : test::evm_cases(GetParam())) {
        for (const Bytes& encoded : {each.unsigned_bytes, each.signed_bytes}) {
            const BytesView cut = BytesView{encoded}.first(encoded.size() - 1);
            EXPECT_FALSE(decode_unsigned(cut)) << each.name;
            EXPECT_FALSE(decode_signed(cut)) << each.name;
            Bytes longer = encoded;
            longer.push_back(0x80);
            EXPECT_FALSE(decode_unsigned(longer)) << each.name;
            EXPECT_FALSE(decode_signed(longer)) << each.name;
        }
        EXPECT_FALSE(decode_signed(each.unsigned_bytes)) << each.name;
        EXPECT_FALSE(decode_unsigned(each.signed_bytes)) << each.name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    of_type, evm_vectors, testing::ValuesIn(test::kEvmTypes), [](const auto& each) {
        return std::string{each.param};
    });

TEST(authorization_vectors, encode_and_recover_as_others_do) {
    std::size_t skipped = 0;
    for (const EvmCase& each : test::evm_cases("eip7702")) {
        for (const auto& tuple : each.authorizations) {
            const Authorization& authorization = tuple.tuple.authorization;
            EXPECT_EQ(encode_unsigned(authorization), tuple.signing_bytes) << each.name;
            EXPECT_EQ(to_hex(signing_hash(authorization)), tuple.signing_hash) << each.name;
            const auto authority = recover_authority(tuple.tuple);
            EXPECT_EQ(authority.has_value(), tuple.authority.has_value()) << each.name;
            if (!tuple.authority) {
                ++skipped;
            } else if (authority) {
                EXPECT_EQ(*authority, *tuple.authority) << each.name;
                const auto ours = tuple.key.sign(signing_hash(authorization));
                EXPECT_EQ(ours.r, tuple.tuple.r) << each.name;
                EXPECT_EQ(ours.s, tuple.tuple.s) << each.name;
                EXPECT_EQ(ours.y_parity, tuple.tuple.y_parity) << each.name;
            }
        }
    }
    EXPECT_GE(skipped, 12U);
}

// EIP-7702 allows 256 bits; a chain id of chela has 64, and no chain has a larger one.
TEST(authorization_vectors, over_64_bits_of_chain_id_are_refused) {
    for (const Json& each : test::load_lines("evm_tx/eip7702_wide_chain_ids.jsonl")) {
        const auto name = each.at("name").get<std::string>();
        const auto unsigned_bytes = parse_hex(each.at("unsigned").get<std::string>());
        const auto signed_bytes = parse_hex(each.at("signed").get<std::string>());
        ASSERT_TRUE(unsigned_bytes && signed_bytes) << name;
        EXPECT_FALSE(decode_unsigned(*unsigned_bytes)) << name;
        EXPECT_FALSE(decode_signed(*signed_bytes)) << name;
    }
}

TEST(network_vectors, encode_to_the_bytes_that_others_send) {
    for (const auto& each : test::network_cases()) {
        const EvmCase& payload = each.payload;
        const auto* tx = std::get_if<Eip4844Transaction>(&payload.transaction);
        ASSERT_NE(tx, nullptr) << payload.name;
        const auto signature = payload.key.sign(signing_hash(payload.transaction));
        const auto encoded = encode_network(*tx, signature, each.sidecar);
        ASSERT_TRUE(encoded) << payload.name << ": " << encoded.error().detail;
        EXPECT_EQ(encoded->size(), each.size) << payload.name;
        EXPECT_EQ(to_hex(keccak256(*encoded)), each.keccak) << payload.name;
    }
}

TEST(network_vectors, decode_to_the_payload_its_sidecar_and_the_hash_of_the_payload) {
    for (const auto& each : test::network_cases()) {
        const EvmCase& payload = each.payload;
        const auto* tx = std::get_if<Eip4844Transaction>(&payload.transaction);
        ASSERT_NE(tx, nullptr) << payload.name;
        const auto signature = payload.key.sign(signing_hash(payload.transaction));
        auto encoded = encode_network(*tx, signature, each.sidecar);
        ASSERT_TRUE(encoded) << payload.name;
        const auto decoded = decode_signed(*encoded);
        ASSERT_TRUE(decoded) << payload.name << ": " << decoded.error().detail;
        EXPECT_EQ(decoded->transaction, payload.transaction) << payload.name;
        EXPECT_EQ(decoded->sender, payload.sender) << payload.name;
        EXPECT_EQ(decoded->hash, payload.hash) << payload.name;
        EXPECT_EQ(decoded->sidecar, each.sidecar) << payload.name;
        EXPECT_EQ(encode_signed(decoded->transaction, decoded->signature), payload.signed_bytes)
            << payload.name;
        encoded->pop_back();
        EXPECT_FALSE(decode_signed(*encoded)) << payload.name;
    }
}

}  // namespace
}  // namespace chela::chains
