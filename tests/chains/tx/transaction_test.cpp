#include "chains/tx/transaction.hpp"

#include "chains/crypto/keccak.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

Address address(std::uint8_t last) {
    Address out;
    out.bytes[19] = last;
    return out;
}

LegacyTransaction legacy() {
    return {
        .chain_id = ChainId{5},
        .nonce = Nonce{6},
        .gas_price = Wei{U256{7}},
        .gas_limit = Gas{8},
        .to = address(9),
        .value = Wei{U256{10}},
        .data = {11}};
}

Eip1559Transaction eip1559() {
    return {
        .chain_id = ChainId{5},
        .nonce = Nonce{6},
        .max_priority_fee_per_gas = Wei{U256{3}},
        .max_fee_per_gas = Wei{U256{7}},
        .gas_limit = Gas{8},
        .to = address(9),
        .value = Wei{U256{10}},
        .data = {11},
        .access_list = {}};
}

Eip2930Transaction eip2930() {
    return {
        .chain_id = ChainId{5},
        .nonce = Nonce{6},
        .gas_price = Wei{U256{7}},
        .gas_limit = Gas{8},
        .to = address(9),
        .value = Wei{U256{10}},
        .data = {11},
        .access_list = {}};
}

Eip4844Transaction eip4844() {
    return {
        .chain_id = ChainId{5},
        .nonce = Nonce{6},
        .max_priority_fee_per_gas = Wei{U256{3}},
        .max_fee_per_gas = Wei{U256{7}},
        .gas_limit = Gas{8},
        .to = address(9),
        .value = Wei{U256{10}},
        .data = {11},
        .access_list = {},
        .max_fee_per_blob_gas = {},
        .blob_versioned_hashes = {VersionedHash{{0x01}}, VersionedHash{{0x01, 0x02}}}};
}

Eip7702Transaction eip7702() {
    return {
        .chain_id = ChainId{5},
        .nonce = Nonce{6},
        .max_priority_fee_per_gas = Wei{U256{3}},
        .max_fee_per_gas = Wei{U256{7}},
        .gas_limit = Gas{8},
        .to = address(9),
        .value = Wei{U256{10}},
        .data = {11},
        .access_list = {},
        .authorization_list = {SignedAuthorization{}}};
}

std::vector<Transaction> one_of_each() {
    return {legacy(), eip2930(), eip1559(), eip4844(), eip7702()};
}

TEST(transaction, answers_the_same_questions_for_every_type) {
    for (const Transaction& tx : one_of_each()) {
        EXPECT_EQ(chain_id(tx), ChainId{5});
        EXPECT_EQ(nonce(tx), Nonce{6});
        EXPECT_EQ(to(tx), address(9));
        EXPECT_EQ(value(tx), Wei{U256{10}});
        EXPECT_EQ(data(tx), Bytes{11});
        EXPECT_EQ(gas_limit(tx), Gas{8});
        EXPECT_EQ(max_gas_price(tx), Wei{U256{7}});
        EXPECT_EQ(max_fee(tx).value(), Wei{U256{56}});
    }
}

TEST(transaction, gives_views_of_itself_and_not_of_a_copy) {
    const Transaction tx = eip2930();
    EXPECT_EQ(&data(tx), &std::get<Eip2930Transaction>(tx).data);
    EXPECT_EQ(&access_list(tx), &std::get<Eip2930Transaction>(tx).access_list);
}

TEST(transaction, has_no_recipient_only_where_the_type_can_create) {
    LegacyTransaction creation = legacy();
    creation.to.reset();
    EXPECT_EQ(to(creation), std::nullopt);
    Eip4844Transaction blob = eip4844();
    blob.to = {};
    EXPECT_EQ(to(blob), Address{});
}

TEST(transaction, has_an_access_list_in_every_type_but_legacy) {
    EXPECT_TRUE(access_list(legacy()).empty());
    const AccessList list{{address(1), {}}};
    const auto with_list = [&list](auto typed) {
        typed.access_list = list;
        return Transaction{typed};
    };
    for (const Transaction& tx :
         {with_list(eip2930()), with_list(eip1559()), with_list(eip4844()), with_list(eip7702())})
        EXPECT_EQ(access_list(tx), list);
}

TEST(transaction, says_its_type_which_is_its_first_byte) {
    std::uint8_t expected = 0;
    for (const Transaction& tx : one_of_each()) {
        EXPECT_EQ(static_cast<std::uint8_t>(type_of(tx)), expected);
        if (expected != 0) {
            EXPECT_EQ(encode_unsigned(tx)[0], expected);
        }
        ++expected;
    }
}

TEST(transaction, survives_encoding_in_every_type) {
    for (const Transaction& tx : one_of_each()) {
        const auto decoded = decode_unsigned(encode_unsigned(tx));
        ASSERT_TRUE(decoded) << decoded.error().detail;
        EXPECT_EQ(*decoded, tx);
    }
}

TEST(transaction, has_another_signing_hash_in_every_type) {
    const auto all = one_of_each();
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(signing_hash(all[i]).bytes, keccak256(encode_unsigned(all[i])).bytes);
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_NE(signing_hash(all[i]), signing_hash(all[j]));
    }
}

TEST(with_nonce, changes_the_nonce_and_nothing_else) {
    for (const Transaction& tx : one_of_each()) {
        const Transaction changed = with_nonce(tx, Nonce{77});
        EXPECT_EQ(nonce(changed), Nonce{77});
        EXPECT_NE(changed, tx);
        EXPECT_EQ(with_nonce(changed, Nonce{6}), tx);
    }
}

TEST(max_fee, refuses_a_product_over_256_bits) {
    LegacyTransaction tx = legacy();
    tx.gas_price = Wei{U256::max()};
    tx.gas_limit = Gas{1};
    EXPECT_EQ(max_fee(tx).value(), Wei{U256::max()});
    tx.gas_limit = Gas{2};
    const auto refused = max_fee(tx);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_range);
}

TEST(max_fee, adds_what_the_blobs_may_cost) {
    Eip4844Transaction tx = eip4844();
    tx.max_fee_per_blob_gas = Wei{U256{5}};
    EXPECT_EQ(max_fee(tx).value(), Wei{U256{56 + 2 * 131072 * 5}});
    tx.blob_versioned_hashes.resize(1);
    EXPECT_EQ(max_fee(tx).value(), Wei{U256{56 + 131072 * 5}});
}

TEST(max_fee, refuses_a_blob_fee_or_a_sum_over_256_bits) {
    Eip4844Transaction tx = eip4844();
    tx.blob_versioned_hashes.resize(1);
    tx.max_fee_per_blob_gas = Wei{shift_right(U256::max(), 17)};
    tx.max_fee_per_gas = Wei{U256{131071}};
    tx.gas_limit = Gas{1};
    EXPECT_EQ(max_fee(tx).value(), Wei{U256::max()});
    tx.max_fee_per_gas = Wei{U256{131072}};
    EXPECT_EQ(max_fee(tx).error().code, ErrorCode::out_of_range);
    tx.max_fee_per_gas = {};
    tx.blob_versioned_hashes.resize(2);
    EXPECT_EQ(max_fee(tx).error().code, ErrorCode::out_of_range);
}

TEST(encode_unsigned, differs_between_the_types_and_between_any_two_fields) {
    EXPECT_NE(encode_unsigned(Transaction{legacy()}), encode_unsigned(Transaction{eip1559()}));
    const Bytes original = encode_unsigned(eip1559());
    Eip1559Transaction tx = eip1559();
    tx.to.reset();
    EXPECT_NE(encode_unsigned(tx), original);
    tx = eip1559();
    tx.access_list.push_back({});
    EXPECT_NE(encode_unsigned(tx), original);
    tx = eip1559();
    std::swap(tx.max_fee_per_gas, tx.max_priority_fee_per_gas);
    EXPECT_NE(encode_unsigned(tx), original);
}

}  // namespace
}  // namespace chela::chains
