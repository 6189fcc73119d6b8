#pragma once

#include "chains/base/json.hpp"
#include "sidecar/flow/services.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::rpc {

/// A block that joined the chain, or left it. The JSON is the node's.
struct BlockNews {
    const Json& header;  ///< as in newHeads; null of one that left
    const Json& logs;    ///< an array; of a block that left, each with removed: true
};
using BlockListener = std::function<void(const BlockNews&)>;

struct FeedOptions {
    std::chrono::milliseconds interval{1'000};  ///< between two looks at the head
    std::chrono::milliseconds timeout{10'000};  ///< of one question to a node
};

/// New blocks of chains and what they log, for those who listen. A chain is looked at only while
/// somebody does, once for all of them, and begins with the block after the one that is the head
/// then. A reorganisation takes back the logs of the blocks that left. More than kMaxCatchUp blocks
/// at once: the oldest of them are left out. Threads: the io_context's one.
class ChainFeeds : public std::enable_shared_from_this<ChainFeeds> {
public:
    static constexpr std::size_t kMaxCatchUp = 64;

    explicit ChainFeeds(FeedOptions options) : options_{options} {}

    /// Ends the listening when it is destroyed.
    class Listening {
    public:
        Listening(std::shared_ptr<ChainFeeds> feeds, std::uint64_t chain, std::uint64_t id)
            : feeds_{std::move(feeds)},
              chain_{chain},
              id_{id} {}
        Listening(const Listening&) = delete;
        Listening& operator=(const Listening&) = delete;
        ~Listening();

    private:
        std::shared_ptr<ChainFeeds> feeds_;
        std::uint64_t chain_;
        std::uint64_t id_;
    };

    enum class Wants : std::uint8_t { heads, logs };
    /// @param services  outlives whoever listens
    [[nodiscard]] std::unique_ptr<Listening> listen(
        const boost::asio::any_io_executor& executor,
        const flow::Services& services,
        ChainId chain,
        Wants wants,
        BlockListener listener);

    /// Has somebody begun to listen to a chain that was not looked at since? What happens until it
    /// is, nobody hears of.
    [[nodiscard]] bool is_starting(ChainId chain) const;

private:
    struct Feed;
    static boost::asio::awaitable<void> run(
        std::shared_ptr<ChainFeeds> self, std::shared_ptr<Feed> feed);

    FeedOptions options_;
    std::map<std::uint64_t, std::shared_ptr<Feed>> feeds_;  ///< by chain id
};

}  // namespace chela::sidecar::rpc
