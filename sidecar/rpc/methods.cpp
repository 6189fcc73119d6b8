#include "sidecar/rpc/methods.hpp"

#include "sidecar/rpc/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::rpc {
namespace {

Answer chain_id(Caller caller, Call) {
    co_return to_quantity(U256{caller.chain.chain_id.value});
}

Answer network_id(Caller caller, Call) {
    co_return std::to_string(caller.chain.chain_id.value);
}

Answer client_version(Caller caller, Call) {
    co_return "chela/" + caller.parts.version;
}

/// Bytes that chela did not build are no transaction that a policy has seen.
Answer no_raw_transactions(Caller, Call call) {
    co_return std::unexpected{RpcError{
        kUnsupportedMethod,
        call.method + ": chela sends nothing that was signed for others to send; use "
                      "eth_sendTransaction",
        {{"code", "E_RAW_TRANSACTION"}}}};
}

/// A digest says nothing of what it is of.
Answer no_blind_signatures(Caller, Call call) {
    co_return std::unexpected{RpcError{
        kUnsupportedMethod,
        call.method + ": chela signs nothing that it cannot read; use personal_sign or "
                      "eth_signTypedData_v4",
        {{"code", "E_BLIND_DIGEST"}}}};
}

struct Named {
    std::string_view name;
    Method method;
};

constexpr std::array kMethods{
    Named{"eth_accounts", accounts},
    Named{"eth_requestAccounts", accounts},
    Named{"eth_chainId", chain_id},
    Named{"net_version", network_id},
    Named{"web3_clientVersion", client_version},
    Named{"eth_sendTransaction", send_transaction},
    Named{"eth_signTransaction", sign_transaction},
    Named{"personal_sign", personal_sign},
    Named{"eth_signTypedData_v4", sign_typed_data},
    Named{"eth_sendRawTransaction", no_raw_transactions},
    Named{"eth_sign", no_blind_signatures},
    // What only reads, of the chain alone. Source: execution-apis, eth namespace.
    Named{"eth_blobBaseFee", ask_node},
    Named{"eth_blockNumber", ask_node},
    Named{"eth_call", ask_node},
    Named{"eth_createAccessList", ask_node},
    Named{"eth_estimateGas", ask_node},
    Named{"eth_feeHistory", ask_node},
    Named{"eth_gasPrice", ask_node},
    Named{"eth_getBalance", ask_node},
    Named{"eth_getBlockByHash", ask_node},
    Named{"eth_getBlockByNumber", ask_node},
    Named{"eth_getBlockReceipts", ask_node},
    Named{"eth_getBlockTransactionCountByHash", ask_node},
    Named{"eth_getBlockTransactionCountByNumber", ask_node},
    Named{"eth_getCode", ask_node},
    Named{"eth_getLogs", ask_node},
    Named{"eth_getProof", ask_node},
    Named{"eth_getStorageAt", ask_node},
    Named{"eth_getTransactionByBlockHashAndIndex", ask_node},
    Named{"eth_getTransactionByBlockNumberAndIndex", ask_node},
    Named{"eth_getTransactionByHash", ask_node},
    Named{"eth_getTransactionCount", ask_node},
    Named{"eth_getTransactionReceipt", ask_node},
    Named{"eth_maxPriorityFeePerGas", ask_node},
    Named{"eth_syncing", ask_node},
};

}  // namespace

Method find_method(std::string_view name) {
    const auto* const found = std::ranges::find(kMethods, name, &Named::name);
    return found == kMethods.end() ? nullptr : found->method;
}

bool signs(std::string_view name) {
    constexpr std::array kSigning{
        &send_transaction, &sign_transaction, &personal_sign, &sign_typed_data};
    return std::ranges::find(kSigning, find_method(name)) != kSigning.end();
}

}  // namespace chela::sidecar::rpc
