#pragma once

#include "chains/base/hex.hpp"
#include "tests/chains/test_key.hpp"
#include "tests/support/fake_node/chain/cost.hpp"
#include "tests/support/fake_node/fake_chain.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::fake_node {

/// Accounts 0 and 1 of the well-known mnemonic that anvil and EDR make rich.
inline const TestKey kAlice{"0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"};
inline const TestKey kBob{"0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"};
inline constexpr Address kCarol{{0xca, 0x01}};

inline constexpr std::uint64_t kGwei = 1'000'000'000;
inline constexpr std::uint64_t kPlainGas = 21'000;

[[nodiscard]] inline Wei wei(std::uint64_t amount) {
    return Wei{U256{amount}};
}
[[nodiscard]] inline Wei ether(std::uint64_t amount) {
    return Wei{multiply(U256{amount}, U256{kGwei * kGwei}).value()};
}
[[nodiscard]] inline Address address_of(const TestKey& key) {
    return chains::address_of(key.public_key());
}

/// A payment to Carol; the members are what a test varies.
struct Payment {
    std::uint64_t nonce = 0;
    Wei tip = wei(kGwei);
    Wei cap = wei(3 * kGwei);
    Wei value = wei(1);
    Gas gas{kPlainGas};
    Bytes data{};
    ChainId chain_id{31337};
};
[[nodiscard]] inline chains::Transaction transaction(const Payment& payment) {
    return chains::Eip1559Transaction{
        .chain_id = payment.chain_id,
        .nonce = Nonce{payment.nonce},
        .max_priority_fee_per_gas = payment.tip,
        .max_fee_per_gas = payment.cap,
        .gas_limit = payment.gas,
        .to = kCarol,
        .value = payment.value,
        .data = payment.data,
        .access_list = {}};
}
[[nodiscard]] inline Bytes signed_bytes(const TestKey& key, const chains::Transaction& tx) {
    return chains::encode_signed(tx, key.sign(chains::signing_hash(tx)));
}
[[nodiscard]] inline Bytes signed_bytes(const TestKey& key, const Payment& payment) {
    return signed_bytes(key, transaction(payment));
}
[[nodiscard]] inline TxHash hash_of(const TestKey& key, const Payment& payment) {
    return chains::transaction_hash(signed_bytes(key, payment));
}

/// A blob transaction in its network form, with one empty blob.
[[nodiscard]] inline Bytes blob_bytes(const TestKey& key, std::uint64_t nonce, const Offer& offer) {
    chains::Eip4844Transaction tx{
        .chain_id = ChainId{31337},
        .nonce = Nonce{nonce},
        .max_priority_fee_per_gas = offer.tip,
        .max_fee_per_gas = offer.cap,
        .gas_limit = Gas{kPlainGas},
        .to = kCarol,
        .value = {},
        .data = {},
        .access_list = {},
        .max_fee_per_blob_gas = offer.blob_cap,
        .blob_versioned_hashes = {chains::VersionedHash{{chains::kVersionedHashVersion}}}};
    const auto signature = key.sign(chains::signing_hash(chains::Transaction{tx}));
    chains::BlobSidecar sidecar;
    sidecar.blobs.resize(1);
    sidecar.commitments.resize(1);
    sidecar.proofs.resize(1);
    return chains::encode_network(tx, signature, sidecar).value();
}

/// The result as it is, an error as {"code": …, "message": …}.
[[nodiscard]] inline Json as_json(const Result<sidecar::node::RpcAnswer>& answer) {
    if (!answer) return {{"failed", answer.error().detail}};
    if (answer->error) return {{"code", answer->error->code}, {"message", answer->error->message}};
    return *answer->result;
}

/// A fresh chain on which Alice and Bob have 10 ether.
class FakeNodeTest : public testing::Test {
protected:
    FakeNodeTest() { start({}); }

    void start(ChainOptions options) {
        chain = std::make_shared<FakeChain>(options);
        chain->fund(alice, ether(10));
        chain->fund(bob, ether(10));
    }
    /// @return geth's words, or "": it was taken
    std::string send(const Bytes& raw) {
        const auto refusal = chain->submit(raw).refusal;
        return refusal ? to_error(*refusal, Flavour::geth).message : "";
    }
    std::string send(const Payment& payment) { return send(signed_bytes(kAlice, payment)); }

    const Address alice = address_of(kAlice);
    const Address bob = address_of(kBob);
    std::shared_ptr<FakeChain> chain;
};

}  // namespace chela::test::fake_node
