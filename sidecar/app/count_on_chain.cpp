#include "sidecar/app/count_on_chain.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

Result<Nonce> count_on_chain(
    const config::Config& config, const StoredChains& stored, const policy::Lane& lane) {
    constexpr std::chrono::seconds kLimit{10};
    asio::io_context context{1};
    const auto set = make_chain_set(config, stored, {}, context.get_executor());
    if (!set) return std::unexpected{set.error()};
    const auto client = flow::client_for(**set, lane.chain);
    if (!client) return std::unexpected{client.error()};
    std::vector<Result<Nonce>> counts;
    asio::co_spawn(
        context,
        (*client)->transaction_counts(lane.address, std::chrono::steady_clock::now() + kLimit),
        [&counts](const std::exception_ptr& error, std::vector<Result<Nonce>> found) {
            if (error) std::rethrow_exception(error);
            counts = std::move(found);
        });
    context.run();
    std::optional<Nonce> lowest;
    for (const auto& count : counts)
        if (count) lowest = std::min(lowest.value_or(*count), *count);
    if (lowest) return *lowest;
    return counts.empty() ? fail(ErrorCode::unavailable, "no node of the chain answers")
                          : std::unexpected{counts.front().error()};
}

}  // namespace chela::sidecar::app
