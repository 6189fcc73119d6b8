#pragma once

#include "sidecar/http/connection.hpp"
#include "sidecar/http/server.hpp"
#include "sidecar/http/web_socket.hpp"

#include <memory>
#include <string>

namespace chela::sidecar::http {

/// Accepts the handshake and lets the handler speak until either side ends it. A connection on
/// which nothing comes for idle_timeout, not even the answer to a ping, ends; so does one with a
/// message over max_body_bytes. Instantiated for TCP, TLS and unix sockets.
/// @param head  is_web_socket_handshake(); nothing that follows it has been received
template <class Protocol>
[[nodiscard]] boost::asio::awaitable<void> serve_web_socket(
    std::shared_ptr<Connection<Protocol>> connection,
    Head head,
    std::string request_id,
    std::shared_ptr<WebSocketHandler> handler,
    ServerLimits limits);

}  // namespace chela::sidecar::http
