#pragma once

#include "sidecar/node/chain_client.hpp"
#include "sidecar/node/head_socket.hpp"

#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::node {

struct HeadFollowerOptions {
    std::chrono::milliseconds poll_interval{1'000};
    std::optional<HeadSocketOptions> socket;  ///< where heads are pushed from
    std::function<double()> jitter;           ///< 0 … 1, for reconnecting; empty: always 1
    /// The pause before the n-th attempt to reconnect is random, up to this doubled n times …
    std::chrono::milliseconds reconnect_pause{500};
    std::chrono::milliseconds longest_reconnect_pause{30'000};  ///< … and up to this
    /// Told when the subscription begins (no error) or ends.
    std::function<void(const Status&)> on_subscription;
};

/// Follows the head of one chain. It asks every poll_interval; with a socket that pushes heads it
/// asks only while the socket is down, or has said nothing for three intervals. Heads that follow
/// fast on each other are one to those who wait. A head may be lower than the one before: after a
/// reorganization, or when another endpoint answers.
/// Threads: the io_context's one.
class HeadFollower {
public:
    HeadFollower(
        const boost::asio::any_io_executor& executor,
        std::shared_ptr<ChainClient> client,
        HeadFollowerOptions options);
    ~HeadFollower();
    HeadFollower(const HeadFollower&) = delete;
    HeadFollower& operator=(const HeadFollower&) = delete;

    void start();
    /// Whoever waits is told unavailable; what is under way ends by itself.
    void stop();

    /// Empty: none has been seen yet.
    [[nodiscard]] std::optional<chains::node::Head> latest() const;
    /// Waits for a head that comes after this call. Any number may wait.
    /// @return timed_out, at `deadline`; unavailable: it was stopped
    [[nodiscard]] boost::asio::awaitable<Result<chains::node::Head>> next(Deadline deadline);
    /// The latest head as soon as it is another than `seen`: nothing is missed between two calls.
    /// @return as above
    [[nodiscard]] boost::asio::awaitable<Result<chains::node::Head>> next_after(
        std::optional<BlockHash> seen, Deadline deadline);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace chela::sidecar::node
