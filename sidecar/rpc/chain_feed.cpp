#include "sidecar/rpc/chain_feed.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/node/chain_client.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

namespace asio = boost::asio;

namespace {

/// What of a block is known.
struct Block {
    std::string hash;
    std::string parent;
    Json header;
    Json logs = Json::array();
};

/// Of a block, its header. Source: geth, newHeads.
Json header_of(Json block) {
    for (const auto* body : {"transactions", "uncles", "withdrawals", "size", "totalDifficulty"})
        block.erase(body);
    return block;
}

std::optional<std::string> text_of(const Json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

}  // namespace

struct ChainFeeds::Feed {
    const flow::Services& services;
    ChainId chain;
    FeedOptions options;
    asio::steady_timer alarm;
    struct Listener {
        Wants wants;
        BlockListener hear;
    };
    std::map<std::uint64_t, Listener> listeners;
    std::uint64_t next_id = 1;
    bool was_looked_at = false;
    std::deque<Block> recent;  ///< the end of the chain as it was told, oldest first

    [[nodiscard]] bool wants_logs() const {
        return std::ranges::any_of(
            listeners, [](const auto& one) { return one.second.wants == Wants::logs; });
    }
    [[nodiscard]] bool knows(const std::string& hash) const {
        return std::ranges::find(recent, hash, &Block::hash) != recent.end();
    }
    /// A listener may end others', or its own.
    void tell(const Json& header, const Json& logs) const {
        std::vector<BlockListener> all;
        for (const auto& [id, one] : listeners)
            all.push_back(one.hear);
        for (const auto& hear : all)
            hear({header, logs});
    }

    /// @return empty: it could not be had
    asio::awaitable<std::optional<Json>> ask(std::string method, Json parameters) {
        const auto client = flow::client_for(*services.chains, chain);
        if (!client) co_return std::nullopt;
        const auto answer = co_await (*client)->pool()->pass_on(
            std::move(method), std::move(parameters),
            std::chrono::steady_clock::now() + options.timeout);
        if (!answer || answer->error) co_return std::nullopt;
        co_return *answer->result;
    }

    asio::awaitable<std::optional<Block>> block(std::string hash) {
        auto found = co_await ask("eth_getBlockByHash", Json::array({hash, false}));
        if (!found || !found->is_object()) co_return std::nullopt;
        auto parent = text_of(*found, "parentHash");
        if (!parent || text_of(*found, "hash") != hash) co_return std::nullopt;
        co_return Block{hash, *std::move(parent), header_of(*std::move(found))};
    }

    /// What lies between the head and what was told before, oldest first.
    /// @return empty: a block could not be had; the next look tries again
    asio::awaitable<std::vector<Block>> missing(std::string head) {
        std::vector<Block> out;
        std::string wanted = std::move(head);
        while (out.size() < kMaxCatchUp && !knows(wanted)) {
            auto one = co_await block(wanted);
            if (!one) co_return std::vector<Block>{};
            wanted = one->parent;
            out.push_back(*std::move(one));
            if (recent.empty()) break;
        }
        std::ranges::reverse(out);
        co_return out;
    }

    asio::awaitable<bool> add_logs(std::vector<Block>* blocks) {
        for (auto& one : *blocks) {
            auto logs = co_await ask("eth_getLogs", Json::array({{{"blockHash", one.hash}}}));
            if (!logs || !logs->is_array()) co_return false;
            one.logs = *std::move(logs);
        }
        co_return true;
    }

    /// Takes back what is not below `parent`.
    void retract_to(const std::string& parent) {
        if (!knows(parent)) return;  // a gap: nothing is known of what lies in it
        while (recent.back().hash != parent) {
            Json logs = std::move(recent.back().logs);
            recent.pop_back();
            for (auto& log : logs)
                if (log.is_object()) log["removed"] = true;
            std::ranges::reverse(logs);
            if (!logs.empty()) tell(Json{}, logs);
        }
    }

    asio::awaitable<void> look() {
        const auto client = flow::client_for(*services.chains, chain);
        if (!client) co_return;
        const auto head =
            co_await (*client)->head(std::chrono::steady_clock::now() + options.timeout);
        if (!head || knows(to_hex(head->hash))) co_return;
        auto blocks = co_await missing(to_hex(head->hash));
        if (blocks.empty()) co_return;
        const bool is_first = recent.empty();
        if (!is_first && wants_logs() && !co_await add_logs(&blocks)) co_return;
        if (!is_first) retract_to(blocks.front().parent);
        for (auto& one : blocks) {
            if (!is_first) tell(one.header, one.logs);
            recent.push_back(std::move(one));
        }
        while (recent.size() > kMaxCatchUp)
            recent.pop_front();
    }
};

bool ChainFeeds::is_starting(ChainId chain) const {
    const auto found = feeds_.find(chain.value);
    return found != feeds_.end() && !found->second->was_looked_at;
}

ChainFeeds::Listening::~Listening() {
    const auto found = feeds_->feeds_.find(chain_);
    if (found == feeds_->feeds_.end()) return;
    auto& feed = *found->second;
    feed.listeners.erase(id_);
    if (feed.listeners.empty()) feed.alarm.cancel();
}

std::unique_ptr<ChainFeeds::Listening> ChainFeeds::listen(
    const asio::any_io_executor& executor,
    const flow::Services& services,
    ChainId chain,
    Wants wants,
    BlockListener listener) {
    auto feed = feeds_[chain.value];
    const bool is_new = feed == nullptr;
    if (is_new) {
        feed = std::make_shared<Feed>(Feed{
            .services = services,
            .chain = chain,
            .options = options_,
            .alarm = asio::steady_timer{executor},
            .listeners = {},
            .recent = {}});
        feeds_[chain.value] = feed;
    }
    const auto id = feed->next_id++;
    feed->listeners.emplace(id, Feed::Listener{wants, std::move(listener)});
    // It may begin at once, and ends when nobody listens.
    if (is_new) asio::co_spawn(executor, run(shared_from_this(), feed), asio::detached);
    return std::make_unique<Listening>(shared_from_this(), chain.value, id);
}

asio::awaitable<void> ChainFeeds::run(
    std::shared_ptr<ChainFeeds> self, std::shared_ptr<Feed> feed) {
    while (!feed->listeners.empty()) {
        co_await feed->look();
        feed->was_looked_at = true;
        if (feed->listeners.empty()) break;
        feed->alarm.expires_after(self->options_.interval);
        co_await feed->alarm.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    self->feeds_.erase(feed->chain.value);
}

}  // namespace chela::sidecar::rpc
