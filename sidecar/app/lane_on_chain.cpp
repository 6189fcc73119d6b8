#include "sidecar/app/lane_on_chain.hpp"

#include "sidecar/edge/run_to_end.hpp"

#include <algorithm>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

using Client = std::shared_ptr<node::ChainClient>;

/// What one node does not say may be what decides.
template <class T>
Result<std::vector<T>> of_all(std::vector<Result<T>> answers, const node::ChainClient& client) {
    std::vector<T> out;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i]) {
            return fail(
                ErrorCode::unavailable,
                fmt::format(
                    "every node of the chain must answer, and {} does not ({}); take one that is "
                    "gone out of chela.yaml",
                    client.health().at(i).origin, answers[i].error().detail),
                "E_NODE_UNAVAILABLE");
        }
        out.push_back(*std::move(answers[i]));
    }
    if (!out.empty()) return out;
    return fail(ErrorCode::unavailable, "the chain has no node", "E_NODE_UNAVAILABLE");
}

asio::awaitable<Result<LaneOnChain>> look(
    Client client, Address address, std::vector<TxHash> transactions) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    const auto counts = of_all(co_await client->transaction_counts(address, deadline), *client);
    if (!counts) co_return std::unexpected{counts.error()};
    LaneOnChain out{.used = std::ranges::min(*counts), .mined = {}};
    for (const auto& hash : transactions) {
        const auto receipts = of_all(co_await client->receipts(hash, deadline), *client);
        if (!receipts) co_return std::unexpected{receipts.error()};
        for (std::size_t i = 0; i < receipts->size(); ++i)
            if ((*receipts)[i]) out.mined.emplace(hash, client->health().at(i).origin);
    }
    co_return out;
}

}  // namespace

Result<LaneOnChain> lane_on_chain(
    const config::Config& config,
    const StoredChains& stored,
    const policy::Lane& lane,
    std::vector<TxHash> transactions) {
    asio::io_context context{1};
    const auto set = make_chain_set(config, stored, {}, context.get_executor());
    if (!set) return std::unexpected{set.error()};
    const auto client = flow::client_for(**set, lane.chain);
    if (!client) return std::unexpected{client.error()};
    return run_to_end(context, look(*client, lane.address, std::move(transactions)));
}

}  // namespace chela::sidecar::app
