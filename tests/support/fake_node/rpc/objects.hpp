#pragma once

#include "chains/base/json.hpp"
#include "tests/support/fake_node/fake_chain.hpp"

#include <cstdint>
#include <string>

namespace chela::test::fake_node {

// The JSON objects of the Ethereum JSON-RPC as geth writes them, as far as there is anything behind
// them here.

[[nodiscard]] std::string quantity(std::uint64_t value);
[[nodiscard]] std::string quantity(Wei value);

enum class Transactions : std::uint8_t { hashes, objects };
[[nodiscard]] Json block_object(const Block& block, Transactions transactions);
/// The block that would come next; it has neither hash nor nonce.
[[nodiscard]] Json pending_block_object(const FakeChain& chain, Transactions transactions);
/// @param place  null block: it is in the pool
[[nodiscard]] Json transaction_object(
    const chains::SignedTransaction& signed_tx, const FakeChain::Place& place);
[[nodiscard]] Json receipt_object(const FakeChain::Place& place, Wei blob_base_fee);

}  // namespace chela::test::fake_node
