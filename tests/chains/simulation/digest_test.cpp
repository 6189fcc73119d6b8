#include "chains/simulation/digest.hpp"

#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"

#include <set>

#include <gtest/gtest.h>

namespace chela::chains::simulation {
namespace {

Address account(std::uint8_t byte) {
    Address out;
    out.bytes.fill(byte);
    return out;
}

Eip1559Transaction payment() {
    return {ChainId{8453}, Nonce{0},    Wei{U256{1}},
            Wei{U256{2}},  Gas{21'000}, account(0xa1),
            Wei{U256{5}},  {},          {}};
}

TEST(transaction_digest, is_that_of_chain_signer_and_encoding) {
    auto bytes = Bytes(30, 0);
    bytes.insert(bytes.end(), {0x21, 0x05});  // 8453 in 32 bytes
    const auto signer = account(0x51);
    bytes.insert(bytes.end(), signer.bytes.begin(), signer.bytes.end());
    const auto encoded = encode_unsigned(Transaction{payment()});
    bytes.insert(bytes.end(), encoded.begin(), encoded.end());
    EXPECT_EQ(transaction_digest(payment(), signer), keccak256(bytes));
}

TEST(transaction_digest, does_not_look_at_the_nonce) {
    auto later = payment();
    later.nonce = Nonce{7};
    EXPECT_EQ(
        transaction_digest(later, account(0x51)), transaction_digest(payment(), account(0x51)));
}

TEST(transaction_digest, changes_with_everything_else) {
    std::vector<Eip1559Transaction> all(9, payment());
    all[1].chain_id = ChainId{1};
    all[2].max_priority_fee_per_gas = Wei{U256{2}};
    all[3].max_fee_per_gas = Wei{U256{3}};
    all[4].gas_limit = Gas{21'001};
    all[5].to = account(0xa2);
    all[6].value = Wei{U256{6}};
    all[7].data = {0x00};
    all[8].access_list = {{account(0xa1), {}}};
    std::set<Hash256> digests{
        transaction_digest(payment(), account(0x52)), transaction_digest(
                                                          LegacyTransaction{
                                                              ChainId{8453},
                                                              Nonce{0},
                                                              Wei{U256{2}},
                                                              Gas{21'000},
                                                              account(0xa1),
                                                              Wei{U256{5}},
                                                              {}},
                                                          account(0x51))};
    for (const auto& transaction : all)
        digests.insert(transaction_digest(transaction, account(0x51)));
    EXPECT_EQ(digests.size(), all.size() + 2);
}

}  // namespace
}  // namespace chela::chains::simulation
