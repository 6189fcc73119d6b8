#include "tests/support/fake_node/rpc/objects.hpp"
#include "tests/support/fake_node/rpc/parameters.hpp"

#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcAnswer;

Transactions wanted_transactions(const Query& query) {
    const bool is_full =
        query.parameters.is_array() && query.parameters.size() > 1 && query.parameters[1] == true;
    return is_full ? Transactions::objects : Transactions::hashes;
}

RpcAnswer by_number(const Query& query) {
    const auto value = parameter(query, 0);
    if (!value) return error(value.error());
    const bool is_at_the_head = query.head == query.chain.head().number;
    if (**value == "pending" && is_at_the_head)
        return result(pending_block_object(query.chain, wanted_transactions(query)));
    const auto block = block_parameter(query, 0);
    if (!block) return error(block.error());
    return result(*block == nullptr ? Json{} : block_object(**block, wanted_transactions(query)));
}

RpcAnswer by_hash(const Query& query) {
    const auto hash = hash_parameter(query, 0);
    if (!hash) return error(hash.error());
    const Block* const block = query.chain.block(BlockHash{hash->bytes});
    if (block == nullptr || block->number > query.head) return result(nullptr);
    return result(block_object(*block, wanted_transactions(query)));
}

/// @return nothing: the node has no block with it
std::optional<FakeChain::Place> seen(const Query& query, TxHash hash) {
    const auto place = query.chain.find(hash);
    if (!place || place->block->number > query.head) return std::nullopt;
    return place;
}

RpcAnswer receipt(const Query& query) {
    const auto hash = hash_parameter(query, 0);
    if (!hash) return error(hash.error());
    const auto place = seen(query, *hash);
    if (!place) return result(nullptr);
    return result(receipt_object(*place, query.chain.options().blob_base_fee));
}

RpcAnswer transaction(const Query& query) {
    const auto hash = hash_parameter(query, 0);
    if (!hash) return error(hash.error());
    if (const auto place = seen(query, *hash)) {
        const auto& mined = place->block->transactions[place->index];
        return result(transaction_object(mined.signed_tx, *place));
    }
    const auto* const pooled = query.chain.pool().find(*hash);
    return result(pooled == nullptr ? Json{} : transaction_object(*pooled, {}));
}

}  // namespace

Answered answer_blocks(const std::string& method, const Query& query) {
    if (method == "eth_chainId") return result(quantity(query.chain.options().chain_id.value));
    if (method == "eth_blockNumber") return result(quantity(query.head.value));
    if (method == "eth_getBlockByNumber") return by_number(query);
    if (method == "eth_getBlockByHash") return by_hash(query);
    if (method == "eth_getTransactionReceipt") return receipt(query);
    if (method == "eth_getTransactionByHash") return transaction(query);
    return std::nullopt;
}

}  // namespace chela::test::fake_node
