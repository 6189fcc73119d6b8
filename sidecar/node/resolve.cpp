#include "sidecar/node/resolve.hpp"

#include <boost/asio.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <fmt/format.h>

namespace chela::sidecar::node {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Found = std::shared_ptr<std::vector<tcp::endpoint>>;  // null: the time is over
using Once = asio::experimental::concurrent_channel<void(Code, Found)>;

std::unexpected<Error> unresolved(const Endpoint& endpoint, std::string_view why) {
    return fail(
        ErrorCode::unavailable, fmt::format("could not connect to {}: {}", endpoint.origin, why),
        "E_NODE_UNAVAILABLE");
}

}  // namespace

asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(
    asio::any_io_executor executor, std::shared_ptr<const Endpoint> endpoint, Deadline deadline) {
    if (endpoint->host_kind == HostKind::address) {
        Code code;
        const auto address = asio::ip::make_address(endpoint->host, code);
        if (code) co_return unresolved(*endpoint, code.message());
        co_return std::vector<tcp::endpoint>{{address, endpoint->port}};
    }
    // Cancelling a resolver waits for the system's lookup, so a timer races with it and a late
    // answer is dropped.
    const auto once = std::make_shared<Once>(executor, 2);  // room for both; only the first is read
    const auto resolver = std::make_shared<tcp::resolver>(executor);
    resolver->async_resolve(
        endpoint->host, std::to_string(endpoint->port), tcp::resolver::numeric_service,
        [once, resolver](Code code, const tcp::resolver::results_type& results) {
            const auto found = std::make_shared<std::vector<tcp::endpoint>>();
            for (const auto& entry : results)
                found->push_back(entry.endpoint());
            once->try_send(code, found);
        });
    asio::steady_timer timer{executor, deadline};
    timer.async_wait([once](Code code) {
        if (!code) once->try_send(Code{}, Found{});
    });
    const auto [code, found] = co_await once->async_receive(asio::as_tuple(asio::use_awaitable));
    if (code) co_return unresolved(*endpoint, "the host name does not resolve: " + code.message());
    if (!found) co_return unresolved(*endpoint, "the host name did not resolve in time");
    if (found->empty()) co_return unresolved(*endpoint, "the host name has no address");
    co_return std::move(*found);
}

}  // namespace chela::sidecar::node
