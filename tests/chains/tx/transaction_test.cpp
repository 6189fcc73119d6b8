#include "chains/tx/transaction.hpp"

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

TEST(transaction, answers_the_same_questions_for_every_type) {
    for (const Transaction& tx : {Transaction{legacy()}, Transaction{eip1559()}}) {
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
    const Transaction tx = legacy();
    EXPECT_EQ(&to(tx), &std::get<LegacyTransaction>(tx).to);
    EXPECT_EQ(&data(tx), &std::get<LegacyTransaction>(tx).data);
}

TEST(with_nonce, changes_the_nonce_and_nothing_else) {
    for (const Transaction& tx : {Transaction{legacy()}, Transaction{eip1559()}}) {
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
