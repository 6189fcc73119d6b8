// Transactions of the agent's that were replaced, or that a node does not know yet.
#include "chains/base/hex.hpp"
#include "chains/tx/transaction.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/parameters.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

template <class Number>
std::string quantity(Number number) {
    return to_quantity(U256{number});
}

void add_fees(Json& out, const chains::Transaction& transaction) {
    out["gasPrice"] = to_quantity(chains::max_gas_price(transaction).value);
    const auto* const typed = std::get_if<chains::Eip1559Transaction>(&transaction);
    if (typed == nullptr) return;
    out["maxFeePerGas"] = to_quantity(typed->max_fee_per_gas.value);
    out["maxPriorityFeePerGas"] = to_quantity(typed->max_priority_fee_per_gas.value);
    out["accessList"] = Json::array();  // chela signs none
}

/// v as each type has it. Source: EIP-155; EIP-1559.
U256 v_of(const chains::SignedTransaction& signed_one) {
    constexpr std::uint64_t kOffset = 35;
    const std::uint64_t parity = signed_one.signature.y_parity;
    if (!std::holds_alternative<chains::LegacyTransaction>(signed_one.transaction))
        return U256{parity};
    return U256{chains::chain_id(signed_one.transaction).value * 2 + kOffset + parity};
}

/// In no block. Source: execution-apis, TransactionInfo.
Json as_json(const chains::SignedTransaction& signed_one) {
    const auto& transaction = signed_one.transaction;
    const auto to = chains::to(transaction);
    const auto type = static_cast<std::uint64_t>(chains::type_of(transaction));
    Json out{
        {"hash", to_hex(signed_one.hash)},
        {"type", quantity(type)},
        {"chainId", quantity(chains::chain_id(transaction).value)},
        {"nonce", quantity(chains::nonce(transaction).value)},
        {"from", to_hex(signed_one.sender)},
        {"to", to ? Json(to_hex(*to)) : Json{}},
        {"value", to_quantity(chains::value(transaction).value)},
        {"input", to_hex(chains::data(transaction))},
        {"gas", quantity(chains::gas_limit(transaction).value)},
        {"r", to_quantity(signed_one.signature.r)},
        {"s", to_quantity(signed_one.signature.s)},
        {"v", to_quantity(v_of(signed_one))},
        {"yParity", quantity(std::uint64_t{signed_one.signature.y_parity})},
        {"blockHash", nullptr},
        {"blockNumber", nullptr},
        {"transactionIndex", nullptr}};
    add_fees(out, transaction);
    return out;
}

/// The bytes of that hash that were signed for the agent. Blocking. @return not_found
Result<Bytes> signed_bytes(
    store::Store& store, const std::string& agent_id, ChainId chain, const TxHash& hash) {
    const auto intent = store.intent_by_transaction(agent_id, hash);
    if (!intent) return std::unexpected{intent.error()};
    auto attempts = store.attempts(intent->id);
    if (!attempts) return std::unexpected{attempts.error()};
    const auto found = std::ranges::find(*attempts, hash, &store::AttemptRecord::hash);
    if (found == attempts->end() || intent->chain_id != chain)
        return fail(ErrorCode::not_found, "it is of another chain");
    return std::move(found->signed_bytes);
}

}  // namespace

Answer get_transaction(Caller caller, Call call) {
    const Json wanted = parameter(call, 0);
    auto known = co_await ask_node(caller, std::move(call));
    if (!known || !known->is_null() || !wanted.is_string()) co_return known;
    const auto hash = parse_fixed<TxHash>(wanted.get_ref<const std::string&>());
    if (!hash) co_return known;
    auto& services = caller.parts.services;
    const auto bytes = co_await services.on_store<Bytes>(
        caller.deadline,
        [&store = services.store, agent = caller.agent_id, chain = caller.chain.chain_id,
         hash = *hash] { return signed_bytes(store, agent, chain, hash); });
    if (!bytes && bytes.error().code == ErrorCode::not_found) co_return known;
    if (!bytes) co_return std::unexpected{to_rpc_error(bytes.error())};
    const auto read = chains::decode_signed(*bytes);
    if (!read) co_return std::unexpected{to_rpc_error(read.error())};
    co_return as_json(*read);
}

}  // namespace chela::sidecar::rpc
