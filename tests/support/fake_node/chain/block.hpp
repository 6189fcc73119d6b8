#pragma once

#include "tests/support/fake_node/chain/state.hpp"

#include <cstdint>
#include <vector>

namespace chela::test::fake_node {

struct MinedTransaction {
    chains::SignedTransaction signed_tx;
    Executed executed;
    Gas cumulative_gas;  ///< of the block, up to and with this one
};

struct Block {
    BlockNumber number;
    BlockHash hash;
    BlockHash parent;
    Wei base_fee;
    Gas gas_limit;
    Gas gas_used;
    std::uint64_t timestamp{};
    std::vector<MinedTransaction> transactions;
    State state;  ///< after its transactions
};

/// What the next block charges. Source: EIP-1559, "Specification" (elasticity 2, denominator 8).
[[nodiscard]] Wei next_base_fee(const Block& parent);

/// A hash of what is in the block. @param fork  tells apart blocks that hold the same
[[nodiscard]] BlockHash hash_of(const Block& block, std::uint64_t fork);

}  // namespace chela::test::fake_node
