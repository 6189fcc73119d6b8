#pragma once

#include "sidecar/http/web_socket.hpp"
#include "sidecar/rpc/door.hpp"

#include <memory>

namespace chela::sidecar::rpc {

/// A WebSocket on which one agent calls about one chain, each message a body of JSON-RPC.
/// @param request  its handshake, whose credentials every call is carried out with
/// @param seat     held as long as it is open
[[nodiscard]] std::shared_ptr<http::WebSocketHandler> make_socket(
    const Parts& parts,
    http::Request request,
    std::string agent_id,
    std::unique_ptr<api::Seats::Seat> seat);

}  // namespace chela::sidecar::rpc
