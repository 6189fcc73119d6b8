#pragma once

#include "sidecar/http/gate.hpp"
#include "sidecar/http/server.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace chela::sidecar::http {

/// One open connection, as the server sees it.
class LiveSession {
public:
    virtual ~LiveSession() = default;
    /// Ends a connection on which no request has begun, and an answer that is a stream.
    virtual void close_if_idle() = 0;
    /// Clients are asked for other certificates now: as above where there was a handshake, and a
    /// request that has begun is the last.
    virtual void outlived_its_handshake() = 0;
    virtual void close() = 0;

    /// Whose connection it is, as Origin::name.
    [[nodiscard]] virtual const std::string& peer_name() const = 0;
    /// Does it count among those that are served?
    [[nodiscard]] virtual bool has_place() const = 0;
    /// Since when it waits for a whole request. @return nothing: one is being answered
    [[nodiscard]] virtual std::optional<Deadline> waits_since() const = 0;
    /// Closes what waits, for another's sake.
    virtual void give_way() = 0;
};

/// Room for one more connection of this peer among those that are served. Where there is none, the
/// connection that has waited longest for a whole request gives way: of the peer itself when it
/// has its share, else of the peer that has the most. So whoever only holds connections open
/// displaces himself, and never a request that is being answered.
/// @return is there room?
[[nodiscard]] bool make_room(
    const std::set<LiveSession*>& sessions, const std::string& peer, const ServerLimits& limits);

/// What all sessions of one server share; touched on the io_context's thread alone.
struct Hub {
    std::shared_ptr<const Router> router;
    ServerOptions options;
    GateOptions gate;
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< of new connections
    std::string believed_clients;                    ///< as ServerTls has it
    bool draining{};
    std::set<LiveSession*> sessions;
    std::size_t turned_away{};  ///< sessions among them that only say 503
    std::function<void()> on_leave;
};

/// Where a connection comes from, before its first byte.
struct Origin {
    WayIn way_in{WayIn::readable};
    std::optional<UnixPeer> peer;
    /// Whom limits and failures are counted against: "uid 1000" on a unix socket, else the address.
    std::string name;
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
