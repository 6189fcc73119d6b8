#include "sidecar/rpc/methods.hpp"

#include "sidecar/edge/wait.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/parameters.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <boost/asio/this_coro.hpp>
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

RpcError needs_web_socket(const Call& call) {
    return {
        kUnsupportedMethod,
        call.method + " is for WebSockets: open one at this URL, as ws://",
        {{"code", "E_NO_WEB_SOCKET"}}};
}

Answer subscribe(Caller caller, Call call) {
    if (!caller.subscriptions) co_return std::unexpected{needs_web_socket(call)};
    const auto executor = co_await boost::asio::this_coro::executor;
    auto id = caller.subscriptions->add(
        executor, caller.parts.services, *caller.parts.live, caller.agent_id, caller.chain.chain_id,
        call.params);
    if (!id) co_return id;
    // Who has heard that it is subscribed misses nothing that comes after it.
    co_await wait_while([&caller] {
        return caller.parts.live->feeds->is_starting(caller.chain.chain_id) &&
               std::chrono::steady_clock::now() < caller.deadline;
    });
    co_return id;
}

Answer unsubscribe(Caller caller, Call call) {
    if (!caller.subscriptions) co_return std::unexpected{needs_web_socket(call)};
    if (auto ok = check_count(call, 1); !ok) co_return std::unexpected{ok.error()};
    const auto id = text_parameter(call, 0, "subscription");
    if (!id) co_return std::unexpected{id.error()};
    co_return caller.subscriptions->remove(*id);
}

/// There is nobody whom it could be shown to. Source: EIP-5792.
Answer nothing_to_show(Caller, Call call) {
    co_return std::unexpected{RpcError{
        kUnsupportedMethod,
        call.method + ": chela has no window; use wallet_getCallsStatus",
        {{"code", "E_NO_WINDOW"}}}};
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
    bool signs = false;
};

constexpr std::array kMethods{
    Named{"eth_accounts", accounts},
    Named{"eth_requestAccounts", accounts},
    Named{"eth_chainId", chain_id},
    Named{"net_version", network_id},
    Named{"web3_clientVersion", client_version},
    Named{"eth_sendTransaction", send_transaction, true},
    Named{"eth_signTransaction", sign_transaction, true},
    Named{"personal_sign", personal_sign, true},
    Named{"eth_signTypedData_v4", sign_typed_data, true},
    Named{"wallet_getCapabilities", get_capabilities},
    Named{"wallet_sendCalls", send_calls, true},
    Named{"wallet_getCallsStatus", get_calls_status},
    Named{"wallet_showCallsStatus", nothing_to_show},
    Named{"eth_sendRawTransaction", send_raw_transaction, true},
    Named{"eth_subscribe", subscribe},
    Named{"eth_unsubscribe", unsubscribe},
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
    Named{"eth_getTransactionByHash", get_transaction},
    Named{"eth_getTransactionCount", ask_node},
    Named{"eth_getTransactionReceipt", ask_node},
    Named{"eth_maxPriorityFeePerGas", ask_node},
    Named{"eth_syncing", ask_node},
};

/// @return nullptr: it is not served
const Named* find(std::string_view name) {
    const auto* const found = std::ranges::find(kMethods, name, &Named::name);
    return found == kMethods.end() ? nullptr : found;
}

}  // namespace

Method find_method(std::string_view name) {
    const auto* const found = find(name);
    return found == nullptr ? nullptr : found->method;
}

bool signs(std::string_view name) {
    const auto* const found = find(name);
    return found != nullptr && found->signs;
}

}  // namespace chela::sidecar::rpc
