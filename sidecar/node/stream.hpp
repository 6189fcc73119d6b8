#pragma once

#include "sidecar/edge/blocking.hpp"
#include "sidecar/node/url.hpp"

#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>

namespace chela::sidecar::node {

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::asio::ssl::stream<boost::beast::tcp_stream>;

/// Connects to the first of the addresses that answers.
/// @return unavailable, "could not connect to ORIGIN: why"
[[nodiscard]] boost::asio::awaitable<Result<PlainStream>> open_plain(
    boost::asio::any_io_executor executor,
    std::vector<boost::asio::ip::tcp::endpoint> addresses,
    std::shared_ptr<const Endpoint> endpoint,
    Deadline deadline);

/// Shakes hands and demands a certificate for the endpoint's host.
/// @return as above
[[nodiscard]] boost::asio::awaitable<Result<TlsStream>> open_tls(
    PlainStream plain,
    std::shared_ptr<boost::asio::ssl::context> tls,
    std::shared_ptr<const Endpoint> endpoint,
    Deadline deadline);

}  // namespace chela::sidecar::node
