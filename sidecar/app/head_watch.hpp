#pragma once

#include "sidecar/app/chain_set.hpp"
#include "sidecar/flow/lane_driver.hpp"

#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// Wakes the lanes of a chain at each new head, where a node pushes heads (ws_url). Lanes of other
/// chains look by themselves, and only while something of them is open. Threads: the io_context's
/// one.
class HeadWatch {
public:
    /// @param driver  outlives the watch
    HeadWatch(boost::asio::any_io_executor executor, flow::LaneDriver& driver)
        : executor_{std::move(executor)},
          driver_{driver} {}
    ~HeadWatch() { stop(); }
    HeadWatch(const HeadWatch&) = delete;
    HeadWatch& operator=(const HeadWatch&) = delete;

    /// Instead of those followed until now.
    void follow(const std::vector<Nodes>& chains, const flow::ChainSet& set);
    void stop();

private:
    static boost::asio::awaitable<void> wake_at_each(
        flow::LaneDriver* driver, std::shared_ptr<node::HeadFollower> follower, ChainId chain);

    boost::asio::any_io_executor executor_;
    flow::LaneDriver& driver_;
    std::vector<std::shared_ptr<node::HeadFollower>> followers_;
};

}  // namespace chela::sidecar::app
