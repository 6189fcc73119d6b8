#pragma once

#include "sidecar/edge/blocking.hpp"
#include "sidecar/node/url.hpp"

#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace chela::sidecar::node {

/// The addresses to try, in the resolver's order. @return unavailable: no such name, or no answer
/// until `deadline`
[[nodiscard]] boost::asio::awaitable<Result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(
    boost::asio::any_io_executor executor,
    std::shared_ptr<const Endpoint> endpoint,
    Deadline deadline);

}  // namespace chela::sidecar::node
