#pragma once

#include "tests/support/fake_node/chain/block.hpp"
#include "tests/support/fake_node/chain/refusal.hpp"

#include <optional>

namespace chela::test::fake_node {

/// The defaults are geth's.
struct PoolOptions {
    Wei minimum_tip{U256{1}};
    Gas max_transaction_gas{16'777'216};  ///< EIP-7825
    std::size_t account_slots = 16;       ///< executable ones that a full pool leaves an account
    std::size_t account_queue = 64;
    std::size_t global_slots = 5'120;
    std::size_t global_queue = 1'024;
    std::size_t account_blobs = 16;
    std::uint64_t lifetime_blocks = 900;  ///< 3 hours of 12 seconds
};

/// What the transaction itself, or the block it would be in, forbids.
/// Source: go-ethereum, txpool.ValidateTransaction.
[[nodiscard]] std::optional<Refusal> check_alone(
    const chains::SignedTransaction& signed_tx,
    const PoolOptions& options,
    ChainId chain_id,
    const Block& head);

/// What the sender has in the pool already.
struct Standing {
    Wei expenditure;                   ///< worst cost of all that is executable
    std::optional<Wei> replaced_cost;  ///< of the executable one with the same nonce
};
/// Source: go-ethereum, txpool.ValidateTransactionWithState.
[[nodiscard]] std::optional<Refusal> check_nonce(
    const chains::SignedTransaction& signed_tx, const State& state);
[[nodiscard]] std::optional<Refusal> check_funds(
    const chains::SignedTransaction& signed_tx, const State& state, const Standing& standing);

}  // namespace chela::test::fake_node
