#include "sidecar/app/head_watch.hpp"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

void HeadWatch::follow(const std::vector<Nodes>& chains, const flow::ChainSet& set) {
    stop();
    for (const auto& nodes : chains) {
        const auto client = set.clients.find(nodes.chain.value);
        if (pushing_endpoint(nodes.endpoints) == nullptr || client == set.clients.end() ||
            !client->second->chain().is_enabled)
            continue;
        const auto follower = make_head_follower(nodes, executor_, client->second);
        followers_.push_back(follower);
        follower->start();
        asio::co_spawn(executor_, wake_at_each(&driver_, follower, nodes.chain), asio::detached);
    }
}

void HeadWatch::stop() {
    for (const auto& follower : followers_)
        follower->stop();
    followers_.clear();
}

asio::awaitable<void> HeadWatch::wake_at_each(
    flow::LaneDriver* driver, std::shared_ptr<node::HeadFollower> follower, ChainId chain) {
    std::optional<BlockHash> seen;
    for (;;) {
        const auto head = co_await follower->next_after(seen, Deadline::max());
        if (!head) co_return;  // it was stopped
        seen = head->hash;
        driver->wake_chain(chain);
    }
}

}  // namespace chela::sidecar::app
