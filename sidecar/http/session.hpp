#pragma once

#include "sidecar/http/gate.hpp"
#include "sidecar/http/server.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>

#include <boost/asio/awaitable.hpp>

namespace chela::sidecar::http {

/// One open connection, as the server sees it.
class LiveSession {
public:
    virtual ~LiveSession() = default;
    /// Ends a connection on which no request has begun, and an answer that is a stream.
    virtual void close_if_idle() = 0;
    virtual void close() = 0;
};

/// What all sessions of one server share; touched on the io_context's thread alone.
struct Hub {
    std::shared_ptr<const Router> router;
    ServerOptions options;
    GateOptions gate;
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< of new connections
    bool draining{};
    std::set<LiveSession*> sessions;
    std::size_t turned_away{};  ///< sessions among them that only say 503
    std::function<void()> on_leave;
};

/// Where a connection comes from, before its first byte.
struct Origin {
    WayIn way_in{WayIn::readable};
    std::optional<UnixPeer> peer;
};

/// Serves one connection until either side ends it, after the handshake if Protocol is
/// TlsOverTcp.
template <class Protocol>
[[nodiscard]] boost::asio::awaitable<void> serve(
    std::shared_ptr<Hub> hub, typename Protocol::socket socket, Origin origin);

/// Says 503 to a connection over the limit and ends it.
template <class Protocol>
[[nodiscard]] boost::asio::awaitable<void> turn_away(
    std::shared_ptr<Hub> hub, typename Protocol::socket socket, Origin origin);

}  // namespace chela::sidecar::http
