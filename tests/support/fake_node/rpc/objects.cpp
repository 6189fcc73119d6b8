#include "tests/support/fake_node/rpc/objects.hpp"

#include "chains/base/hex.hpp"
#include "tests/support/fake_node/chain/cost.hpp"

#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

const std::string kZeroHash = to_hex(Hash256{});
const std::string kNoBloom = to_hex(Bytes(256));

Json optional_address(const std::optional<Address>& address) {
    return address ? Json(to_hex(*address)) : Json{};
}

std::uint64_t type_number(const chains::Transaction& tx) {
    return static_cast<std::uint64_t>(chains::type_of(tx));
}

Json access_list_object(const chains::AccessList& list) {
    Json out = Json::array();
    for (const auto& entry : list) {
        Json keys = Json::array();
        for (const auto& key : entry.storage_keys)
            keys.push_back(to_hex(key));
        out.push_back({{"address", to_hex(entry.address)}, {"storageKeys", std::move(keys)}});
    }
    return out;
}

void add_fees(Json& out, const chains::Transaction& tx, const Block* block) {
    const Offer offer = offer_of(tx);
    // Source: go-ethereum, RPCTransaction: a pooled one shows its cap.
    out["gasPrice"] = quantity(block == nullptr ? offer.cap : gas_price(offer, block->base_fee));
    if (chains::type_of(tx) < chains::TransactionType::eip1559) return;
    out["maxFeePerGas"] = quantity(offer.cap);
    out["maxPriorityFeePerGas"] = quantity(offer.tip);
    const auto* blobs = std::get_if<chains::Eip4844Transaction>(&tx);
    if (blobs == nullptr) return;
    out["maxFeePerBlobGas"] = quantity(offer.blob_cap);
    Json hashes = Json::array();
    for (const auto& hash : blobs->blob_versioned_hashes)
        hashes.push_back(to_hex(hash));
    out["blobVersionedHashes"] = std::move(hashes);
}

void add_signature(Json& out, const chains::SignedTransaction& signed_tx) {
    const auto& signature = signed_tx.signature;
    out["r"] = to_quantity(signature.r);
    out["s"] = to_quantity(signature.s);
    const std::uint64_t chain_id = chains::chain_id(signed_tx.transaction).value;
    if (type_number(signed_tx.transaction) == 0) {
        out["v"] = quantity(Wei{
            add(U256{35 + std::uint64_t{signature.y_parity}}, times(Wei{U256{chain_id}}, 2).value)
                .value_or(U256{})});
        return;
    }
    out["v"] = quantity(std::uint64_t{signature.y_parity});
    out["yParity"] = out["v"];
}

Json header(const Block& block) {
    return {
        {"parentHash", to_hex(block.parent)},
        {"number", quantity(block.number.value)},
        {"timestamp", quantity(block.timestamp)},
        {"gasLimit", quantity(block.gas_limit.value)},
        {"gasUsed", quantity(block.gas_used.value)},
        {"baseFeePerGas", quantity(block.base_fee)},
        {"difficulty", "0x0"},
        {"extraData", "0x"},
        {"logsBloom", kNoBloom},
        {"mixHash", kZeroHash},
        {"receiptsRoot", kZeroHash},
        {"sha3Uncles", kZeroHash},
        {"stateRoot", kZeroHash},
        {"transactionsRoot", kZeroHash},
        {"size", "0x220"},
        {"uncles", Json::array()}};
}

}  // namespace

std::string quantity(std::uint64_t value) {
    return to_quantity(U256{value});
}

std::string quantity(Wei value) {
    return to_quantity(value.value);
}

Json block_object(const Block& block, Transactions transactions) {
    Json out = header(block);
    out["hash"] = to_hex(block.hash);
    out["miner"] = to_hex(Address{});
    out["nonce"] = "0x0000000000000000";
    Json list = Json::array();
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
        const auto& signed_tx = block.transactions[i].signed_tx;
        list.push_back(
            transactions == Transactions::hashes ? Json(to_hex(signed_tx.hash))
                                                 : transaction_object(signed_tx, {&block, i}));
    }
    out["transactions"] = std::move(list);
    return out;
}

Json pending_block_object(const FakeChain& chain, Transactions transactions) {
    Block next;
    next.number = BlockNumber{chain.head().number.value + 1};
    next.parent = chain.head().hash;
    next.base_fee = chain.base_fee_after(chain.head());
    next.gas_limit = chain.options().block_gas_limit;
    next.timestamp = chain.head().timestamp + chain.options().block_seconds;
    Json list = Json::array();
    for (const auto& signed_tx : chain.selection()) {
        next.gas_used.value += intrinsic_gas(signed_tx.transaction).value;
        list.push_back(
            transactions == Transactions::hashes ? Json(to_hex(signed_tx.hash))
                                                 : transaction_object(signed_tx, {}));
    }
    Json out = header(next);
    out["hash"] = nullptr;
    out["miner"] = nullptr;
    out["nonce"] = nullptr;
    out["transactions"] = std::move(list);
    return out;
}

Json transaction_object(const chains::SignedTransaction& signed_tx, const FakeChain::Place& place) {
    const auto& tx = signed_tx.transaction;
    Json out = {
        {"hash", to_hex(signed_tx.hash)},
        {"type", quantity(type_number(tx))},
        {"chainId", quantity(chains::chain_id(tx).value)},
        {"from", to_hex(signed_tx.sender)},
        {"to", optional_address(chains::to(tx))},
        {"nonce", quantity(chains::nonce(tx).value)},
        {"gas", quantity(chains::gas_limit(tx).value)},
        {"value", quantity(chains::value(tx))},
        {"input", to_hex(chains::data(tx))},
        {"blockHash", nullptr},
        {"blockNumber", nullptr},
        {"transactionIndex", nullptr}};
    if (type_number(tx) != 0) out["accessList"] = access_list_object(chains::access_list(tx));
    add_fees(out, tx, place.block);
    add_signature(out, signed_tx);
    if (place.block == nullptr) return out;
    out["blockHash"] = to_hex(place.block->hash);
    out["blockNumber"] = quantity(place.block->number.value);
    out["transactionIndex"] = quantity(std::uint64_t{place.index});
    return out;
}

Json receipt_object(const FakeChain::Place& place, Wei blob_base_fee) {
    const auto& [signed_tx, executed, cumulative] = place.block->transactions[place.index];
    const auto& tx = signed_tx.transaction;
    Json out = {
        {"transactionHash", to_hex(signed_tx.hash)},
        {"transactionIndex", quantity(std::uint64_t{place.index})},
        {"blockHash", to_hex(place.block->hash)},
        {"blockNumber", quantity(place.block->number.value)},
        {"from", to_hex(signed_tx.sender)},
        {"to", optional_address(chains::to(tx))},
        {"contractAddress", nullptr},
        {"cumulativeGasUsed", quantity(cumulative.value)},
        {"gasUsed", quantity(executed.gas_used.value)},
        {"effectiveGasPrice", quantity(executed.gas_price)},
        {"type", quantity(type_number(tx))},
        {"logs", Json::array()},
        {"logsBloom", kNoBloom},
        {"status", executed.execution == Execution::succeeds ? "0x1" : "0x0"}};
    if (has_blobs(tx)) {
        out["blobGasUsed"] = quantity(blob_gas(tx));
        out["blobGasPrice"] = quantity(blob_base_fee);
    }
    return out;
}

}  // namespace chela::test::fake_node
