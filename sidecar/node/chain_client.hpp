#pragma once

#include "chains/node/requests.hpp"
#include "chains/node/responses.hpp"
#include "chains/node/send_outcome.hpp"
#include "chains/registry/registry.hpp"
#include "sidecar/node/client.hpp"

#include <memory>
#include <optional>
#include <string>

namespace chela::sidecar::node {

/// What became of eth_sendRawTransaction.
struct SendResult {
    chains::node::SendOutcome outcome{chains::node::SendOutcome::ambiguous};
    std::string message;  ///< the node's words, cleaned; empty when accepted
};

/// One configured chain and its node. The node's chain id is compared with the configured one
/// before anything else is believed.
class ChainClient {
public:
    ChainClient(chains::Chain chain, std::shared_ptr<Client> client)
        : chain_{std::move(chain)},
          client_{std::move(client)} {}

    [[nodiscard]] const chains::Chain& chain() const { return chain_; }

    /// @return unavailable E_NODE_CHAIN_ID: the node serves another chain
    [[nodiscard]] boost::asio::awaitable<Status> verify_chain_id(Deadline deadline);

    /// Transactions of `address` in the latest block: the chain's next nonce.
    [[nodiscard]] boost::asio::awaitable<Result<Nonce>> transaction_count(
        Address address, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<Wei>> balance(Address address, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<BlockNumber>> block_number(Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<chains::node::FeeHistory>> fee_history(
        Deadline deadline);

    /// @return reverted E_WOULD_REVERT with the decoded reason; as `call` otherwise
    [[nodiscard]] boost::asio::awaitable<Result<Gas>> estimate_gas(
        chains::node::CallRequest call, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<std::optional<chains::node::Receipt>>> receipt(
        TxHash hash, Deadline deadline);

    /// Never an error: what cannot be known is `ambiguous`. A hash that is not `expected` is
    /// ambiguous, too.
    [[nodiscard]] boost::asio::awaitable<SendResult> send_raw(
        Bytes raw, TxHash expected, Deadline deadline);

private:
    /// The result, with the node's error object turned into an Error.
    boost::asio::awaitable<Result<std::shared_ptr<const Json>>> result_of(
        std::string method, Json parameters, Deadline deadline);

    chains::Chain chain_;
    std::shared_ptr<Client> client_;
    std::optional<std::chrono::steady_clock::time_point> chain_id_verified_;
};

}  // namespace chela::sidecar::node
