#pragma once

#include "chains/node/blocks.hpp"
#include "chains/node/requests.hpp"
#include "chains/node/responses.hpp"
#include "chains/node/send_outcome.hpp"
#include "chains/registry/registry.hpp"
#include "sidecar/node/client.hpp"
#include "sidecar/node/count_memory.hpp"
#include "sidecar/node/endpoint_pool.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::node {

/// What became of eth_sendRawTransaction.
struct SendResult {
    chains::node::SendOutcome outcome{chains::node::SendOutcome::ambiguous};
    std::string message;  ///< the node's words, cleaned; empty when accepted
};

/// One configured chain and its nodes. A node's chain id is compared with the configured one before
/// anything else of it is believed. Reads may be asked again, of another endpoint, too; sending
/// never is. Threads: the io_context's one.
class ChainClient {
public:
    /// @param endpoints  at least one, in order of preference
    ChainClient(
        chains::Chain chain, std::vector<PooledClient> endpoints, const PoolOptions& options);
    /// One node, asked once a call: for callers that do their own waiting.
    ChainClient(chains::Chain chain, std::shared_ptr<Client> client);

    [[nodiscard]] const chains::Chain& chain() const { return chain_; }
    [[nodiscard]] std::size_t endpoints() const { return pool_->size(); }
    /// For those who ask one endpoint several things.
    [[nodiscard]] const std::shared_ptr<EndpointPool>& pool() const { return pool_; }
    /// Of each endpoint, in order.
    [[nodiscard]] std::vector<EndpointHealth> health() const;
    /// Asks every endpoint for its chain id and head, at once; health() then shows what came.
    [[nodiscard]] boost::asio::awaitable<void> probe(Deadline deadline);

    /// One endpoint of the right chain will do. @return unavailable E_NODE_CHAIN_ID: another chain
    [[nodiscard]] boost::asio::awaitable<Status> verify_chain_id(Deadline deadline);

    /// Transactions of `address` in the latest block: the chain's next nonce.
    /// @return unavailable E_NODE_BEHIND: another endpoint has shown a higher count at a higher
    /// head
    [[nodiscard]] boost::asio::awaitable<Result<Nonce>> transaction_count(
        Address address, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<Wei>> balance(Address address, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<Bytes>> code(Address address, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<BlockNumber>> block_number(Deadline deadline);
    /// The latest block.
    [[nodiscard]] boost::asio::awaitable<Result<chains::node::Head>> head(Deadline deadline);
    /// The last finalized block; empty: the node does not know the tag, or has no such block yet.
    [[nodiscard]] boost::asio::awaitable<Result<std::optional<chains::node::Head>>> finalized(
        Deadline deadline);
    /// Empty: there is no such block.
    [[nodiscard]] boost::asio::awaitable<Result<std::optional<chains::node::Head>>> block(
        BlockHash hash, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<chains::node::FeeHistory>> fee_history(
        Deadline deadline);
    /// Of a chain without EIP-1559: what its transactions pay.
    [[nodiscard]] boost::asio::awaitable<Result<Wei>> gas_price(Deadline deadline);

    /// @return reverted E_WOULD_REVERT with the decoded reason; as `call` otherwise
    [[nodiscard]] boost::asio::awaitable<Result<Gas>> estimate_gas(
        chains::node::CallRequest call, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<std::optional<chains::node::Receipt>>> receipt(
        TxHash hash, Deadline deadline);
    /// Has the node this transaction, in a block or waiting?
    [[nodiscard]] boost::asio::awaitable<Result<bool>> knows(TxHash hash, Deadline deadline);

    /// What each endpoint answers, in order; all are asked at once.
    /// @return each empty: it has no such block, or does not know the tag
    [[nodiscard]] boost::asio::awaitable<std::vector<Result<std::optional<chains::node::Head>>>>
    heads(chains::node::BlockTag tag, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<std::vector<Result<Nonce>>> transaction_counts(
        Address address, Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<std::vector<Result<std::optional<chains::node::Receipt>>>>
    receipts(TxHash hash, Deadline deadline);

    /// To the endpoint that reads go to.
    /// Never an error: what cannot be known is `ambiguous`. A hash that is not `expected` is
    /// ambiguous, too.
    [[nodiscard]] boost::asio::awaitable<SendResult> send_raw(
        Bytes raw, TxHash expected, Deadline deadline);
    /// To each endpoint, at once. @return one result an endpoint, in order; one that was not sent
    /// to (it serves another chain, or rests) is ambiguous
    [[nodiscard]] boost::asio::awaitable<std::vector<SendResult>> send_raw_to_all(
        Bytes raw, TxHash expected, Deadline deadline);

private:
    static boost::asio::awaitable<SendResult> send_to(
        std::shared_ptr<EndpointPool> pool,
        std::size_t endpoint,
        Bytes raw,
        TxHash expected,
        Deadline deadline);

    chains::Chain chain_;
    std::shared_ptr<EndpointPool> pool_;
    CountMemory counts_;
};

}  // namespace chela::sidecar::node
