#include "tests/sidecar/flow/fake_chain.hpp"

#include "tests/sidecar/node/scripted_client.hpp"

#include <fmt/format.h>

namespace chela::test {
namespace {

std::string quantity(std::uint64_t value) {
    return to_quantity(U256{value});
}

chains::SignedTransaction decoded(const std::string& raw) {
    const auto bytes = parse_hex(raw);
    if (!bytes) bug("a transaction was sent that is not hex");
    auto transaction = chains::decode_signed(*bytes);
    if (!transaction)
        bug("a transaction was sent that does not decode: " + transaction.error().detail);
    return *std::move(transaction);
}

}  // namespace

boost::asio::awaitable<FakeChain::Answer> FakeChain::call(
    std::string method, Json parameters, sidecar::Deadline /*deadline*/) {
    ++calls[method];
    if (method == "eth_sendRawTransaction") sent.push_back(parameters.at(0).get<std::string>());
    if (intercept) {
        if (auto instead = intercept(method, parameters)) co_return std::move(*instead);
    }
    co_return answer(method, parameters);
}

FakeChain::Answer FakeChain::answer(const std::string& method, const Json& parameters) {
    if (method == "eth_chainId") return rpc_result(quantity(chain_id));
    if (method == "eth_getTransactionCount") return rpc_result(quantity(count));
    if (method == "eth_getBalance") return rpc_result(balance);
    if (method == "eth_blockNumber") return rpc_result(quantity(head));
    if (method == "eth_getCode") return rpc_result(code);
    if (method == "eth_estimateGas") return estimate();
    if (method == "eth_getBlockByNumber") {
        return rpc_result(
            {{"number", quantity(head)},
             {"hash", fmt::format("0x{:064x}", head)},
             {"parentHash", fmt::format("0x{:064x}", head - 1)},
             {"timestamp", quantity(head)}});
    }
    if (method == "eth_call") return rpc_result("0x");
    // Another client than anvil or geth: what it lacks is asked for once.
    if (method == "debug_traceCall") return rpc_error(-32601, "the method does not exist");
    if (method == "eth_sendRawTransaction") return take(parameters.at(0).get<std::string>());
    if (method == "eth_getTransactionReceipt") return receipt(parameters.at(0).get<std::string>());
    if (method == "eth_feeHistory") {
        return rpc_result(Json{
            {"baseFeePerGas", Json::array({base_fee, base_fee})},
            {"reward", Json::array({Json::array({"0xa"})})}});
    }
    if (method == "eth_simulateV1") return simulate(parameters);
    ADD_FAILURE() << "the fake chain has no " << method;
    return fail(ErrorCode::internal, "an unexpected call");
}

FakeChain::Answer FakeChain::estimate() const {
    if (!simulation_reverts) return rpc_result("0x5208");
    return rpc_error(3, "execution reverted", Json(revert_data("no money")).dump());
}

FakeChain::Answer FakeChain::simulate(const Json& parameters) const {
    Json results = Json::array();
    const auto& asked = parameters.at(0).at("blockStateCalls").at(0).at("calls");
    for (std::size_t i = 0; i < asked.size(); ++i) {
        Json call = {
            {"status", simulation_reverts ? "0x0" : "0x1"},
            {"gasUsed", "0x5208"},
            {"returnData", "0x"},
            {"logs", simulation_reverts ? Json::array() : simulated_logs}};
        if (simulation_reverts) {
            call["error"] = {
                {"code", 3}, {"message", "execution reverted"}, {"data", revert_data("no money")}};
        }
        results.push_back(std::move(call));
    }
    return rpc_result(Json::array({Json{{"calls", std::move(results)}}}));
}

FakeChain::Answer FakeChain::take(const std::string& raw) {
    const auto transaction = decoded(raw);
    const auto nonce = chains::nonce(transaction.transaction).value;
    const auto hash = to_hex(transaction.hash);
    const auto held = pool_.find(nonce);
    if (held != pool_.end() && held->second.hash == hash) return rpc_error(-32000, "already known");
    if (nonce < count) return rpc_error(-32000, "nonce too low");
    const auto price = chains::max_gas_price(transaction.transaction);
    // A tenth more, as geth has it.
    if (held != pool_.end() &&
        divide(*multiply(held->second.max_price.value, U256{110}), 100).quotient > price.value) {
        return rpc_error(-32000, "replacement transaction underpriced");
    }
    pool_[nonce] = {hash, price};
    return rpc_result(hash);
}

void FakeChain::mine() {
    ++head;
    for (auto next = pool_.find(count); next != pool_.end(); next = pool_.find(count)) {
        mined_.emplace(next->second.hash, Mined{head, count});
        pool_.erase(next);
        ++count;
    }
}

void FakeChain::reorg() {
    std::erase_if(mined_, [this](const auto& entry) {
        const bool is_gone = entry.second.block == head;
        if (is_gone) count = std::min(count, entry.second.nonce);
        return is_gone;
    });
    --head;
}

FakeChain::Answer FakeChain::receipt(const std::string& hash) const {
    const auto found = mined_.find(hash);
    if (found == mined_.end()) return rpc_result(nullptr);
    return rpc_result(
        {{"transactionHash", hash},
         {"blockHash", fmt::format("0x{:064x}", found->second.block)},
         {"blockNumber", quantity(found->second.block)},
         {"gasUsed", "0x5208"},
         {"effectiveGasPrice", gas_price},
         {"logs", Json::array()},
         {"status", executes ? "0x1" : "0x0"}});
}

std::string FakeChain::hash_at(std::uint64_t nonce) const {
    for (const auto& [hash, mined] : mined_)
        if (mined.nonce == nonce) return hash;
    const auto held = pool_.find(nonce);
    return held == pool_.end() ? std::string{} : held->second.hash;
}

std::vector<chains::SignedTransaction> FakeChain::sent_transactions() const {
    std::vector<chains::SignedTransaction> out;
    for (const auto& raw : sent)
        out.push_back(decoded(raw));
    return out;
}

std::vector<std::uint64_t> FakeChain::sent_nonces() const {
    std::vector<std::uint64_t> out;
    for (const auto& transaction : sent_transactions())
        out.push_back(chains::nonce(transaction.transaction).value);
    return out;
}

}  // namespace chela::test
