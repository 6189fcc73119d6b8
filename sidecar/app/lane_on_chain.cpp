#include "sidecar/app/lane_on_chain.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

using Client = std::shared_ptr<node::ChainClient>;

Deadline soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds{10};
}

/// @return those of the answers that are some; an error: none is
template <class T>
Result<std::vector<T>> answered(std::vector<Result<T>> all) {
    std::vector<T> out;
    for (auto& one : all)
        if (one) out.push_back(*std::move(one));
    if (!out.empty()) return out;
    if (!all.empty()) return std::unexpected{all.front().error()};
    return fail(ErrorCode::unavailable, "no node of the chain answers");
}

asio::awaitable<Result<LaneOnChain>> look(
    Client client, Address address, std::vector<TxHash> transactions) {
    const auto counts = answered(co_await client->transaction_counts(address, soon()));
    if (!counts) co_return std::unexpected{counts.error()};
    LaneOnChain out{.used = std::ranges::min(*counts), .mined = {}};
    for (const auto& hash : transactions) {
        const auto receipts = answered(co_await client->receipts(hash, soon()));
        if (!receipts) co_return std::unexpected{receipts.error()};
        const bool is_shown =
            std::ranges::any_of(*receipts, [](const auto& receipt) { return receipt.has_value(); });
        if (is_shown) out.mined.insert(hash);
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
    std::optional<Result<LaneOnChain>> seen;
    asio::co_spawn(
        context, look(*client, lane.address, std::move(transactions)),
        [&seen](const std::exception_ptr& error, Result<LaneOnChain> found) {
            if (error) std::rethrow_exception(error);
            seen = std::move(found);
        });
    context.run();
    if (!seen) bug("nodes were asked and nobody waited for them");
    return *std::move(seen);
}

}  // namespace chela::sidecar::app
