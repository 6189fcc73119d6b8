#pragma once

#include "sidecar/flow/request.hpp"
#include "sidecar/node/chain_client.hpp"

namespace chela::sidecar::flow {

/// The request as a transaction with nonce 0: fees from the request or from the node's fee history
/// (of a chain without EIP-1559 its gas price, in a transaction of type 0), the gas limit from the
/// request or, until it is estimated, the least that a node would take.
/// @return invalid_input: fees that contradict each other; unavailable, timed_out, bad_response:
/// the node
[[nodiscard]] boost::asio::awaitable<Result<chains::Transaction>> draft(
    node::ChainClient& client, IntentRequest request, Deadline deadline);

/// The draft with a gas limit from eth_estimateGas plus headroom, unless the request fixed one.
/// @return reverted: the estimate says so
[[nodiscard]] boost::asio::awaitable<Result<chains::Transaction>> with_gas(
    node::ChainClient& client,
    chains::Transaction draft,
    IntentRequest request,
    Address from,
    Deadline deadline);

/// The most that a transaction takes from its sender: value + worst-case fee. @return out_of_range
[[nodiscard]] Result<Wei> worst_case_cost(const chains::Transaction& transaction);

}  // namespace chela::sidecar::flow
