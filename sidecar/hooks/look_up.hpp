#pragma once

#include "sidecar/edge/blocking.hpp"

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace chela::sidecar::hooks {

/// The addresses of a host name, in the system's order; of a written IP address that address.
///
/// Each look-up has a thread of its own, since the system's resolver can hang for half a minute:
/// Asio's one resolver thread would then keep everybody else waiting, and the end of the process as
/// well. A thread that is late ends by itself, and its answer is dropped.
/// @return unavailable: no such name, no answer until `deadline`, or too many look-ups hang
[[nodiscard]] boost::asio::awaitable<Result<std::vector<boost::asio::ip::tcp::endpoint>>> look_up(
    std::string host, std::uint16_t port, Deadline deadline);

}  // namespace chela::sidecar::hooks
