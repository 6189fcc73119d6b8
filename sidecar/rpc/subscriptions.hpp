#pragma once

#include "sidecar/api/seats.hpp"
#include "sidecar/rpc/chain_feed.hpp"
#include "sidecar/rpc/message.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace chela::sidecar::http {
class WebSocket;
}

namespace chela::sidecar::rpc {

/// What the WebSockets of all callers share.
struct Live {
    std::shared_ptr<ChainFeeds> feeds;
    std::shared_ptr<api::Seats> sockets;        ///< who has one open
    std::shared_ptr<api::Seats> subscriptions;  ///< who has how many
    /// How often a socket on which nothing is asked is asked who it is: what ended its credentials
    /// ends it.
    std::chrono::milliseconds recheck{15'000};
};
[[nodiscard]] std::shared_ptr<Live> make_live(FeedOptions options);

/// Those of one WebSocket. Threads: the io_context's one.
class Subscriptions {
public:
    static constexpr std::size_t kMost = 16;

    /// @param socket  whom the news goes to
    explicit Subscriptions(std::weak_ptr<http::WebSocket> socket) : socket_{std::move(socket)} {}

    /// newHeads, or logs with a filter. Source: geth, "Real-time Events".
    /// @param params  of eth_subscribe
    /// @return its id; -32602; kUnsupportedMethod: another kind; kLimitExceeded
    [[nodiscard]] RpcResult<Json> add(
        const boost::asio::any_io_executor& executor,
        const flow::Services& services,
        const Live& live,
        const std::string& agent_id,
        ChainId chain,
        const Json& params);
    /// @return was it there?
    bool remove(const std::string& id) { return open_.erase(id) > 0; }
    void clear() { open_.clear(); }

private:
    struct Open {
        std::unique_ptr<api::Seats::Seat> seat;
        std::unique_ptr<ChainFeeds::Listening> listening;
    };

    std::weak_ptr<http::WebSocket> socket_;
    std::map<std::string, Open> open_;  ///< by id
};

}  // namespace chela::sidecar::rpc
