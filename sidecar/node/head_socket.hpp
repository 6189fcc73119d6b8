#pragma once

#include "chains/node/blocks.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/node/access.hpp"

#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace chela::sidecar::node {

struct HeadSocketOptions {
    std::string url;  ///< ws:// or wss://; never logged with user info, path or query
    Access access{};
    std::chrono::milliseconds timeout{10'000};  ///< of connecting and of each answer
    std::size_t max_message_bytes = std::size_t{256} * 1024;
};

/// A subscription to a chain's new heads over one WebSocket. Every message is untrusted input.
/// Threads: the executor's one; one next() at a time.
class HeadSocket {
public:
    virtual ~HeadSocket() = default;
    /// Waits for the next head; pings keep the connection, or find it dead within a minute.
    /// @return unavailable: it is closed; bad_response: oversized, or no JSON-RPC. After an error
    /// it is of no more use
    [[nodiscard]] virtual boost::asio::awaitable<Result<chains::node::Head>> next() = 0;
    /// Ends a next() that waits.
    virtual void close() = 0;
};

/// Connects, verifies the chain id and subscribes. TLS and headers are as those of make_client.
/// @return invalid_input: not such a URL; unavailable: no connection, or E_NODE_CHAIN_ID;
/// unsupported E_NODE_SUBSCRIBE: the node refuses; bad_response
/// Source: RFC 6455; geth, "Real-time Events".
[[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<HeadSocket>>> subscribe_new_heads(
    boost::asio::any_io_executor executor, HeadSocketOptions options, ChainId chain);

}  // namespace chela::sidecar::node
