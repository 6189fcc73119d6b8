#include "sidecar/http/server.hpp"

#include "sidecar/edge/peer_process.hpp"
#include "sidecar/edge/rethrow.hpp"
#include "sidecar/http/ascii.hpp"
#include "sidecar/http/session.hpp"
#include "sidecar/http/transport.hpp"
#include "sidecar/telemetry/log.hpp"

#include <exception>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>

namespace chela::sidecar::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;

namespace {

// Connections that wait to hear a 503, besides max_connections; more are closed without a word.
constexpr std::size_t kMaxTurnedAway = 64;
constexpr std::chrono::milliseconds kAcceptPause{100};

std::optional<UnixPeer> peer_of(Local::socket& socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return std::nullopt;
    }
    return UnixPeer{
        .uid = credentials.uid,
        .gid = credentials.gid,
        .pid = credentials.pid,
        .process = PeerProcess::of(socket.native_handle())};
}

/// @return may this connection be served? A unix peer without credentials may not.
bool prepare(Local::socket& socket, Origin& origin) {
    origin.peer = peer_of(socket);
    if (!origin.peer) return false;
    origin.name = "uid " + std::to_string(origin.peer->uid);
    return true;
}

bool prepare(tcp::socket& socket, Origin& origin) {
    boost::system::error_code code;
    socket.set_option(tcp::no_delay{true}, code);
    if (code) return false;
    const auto remote = socket.remote_endpoint(code);
    origin.name = remote.address().to_string();
    return !code;
}

WayIn way_in(const asio::ip::address& address, Encryption encryption) {
    if (address.is_loopback()) return WayIn::local;
    return encryption == Encryption::tls ? WayIn::encrypted : WayIn::readable;
}

void report_end(const std::exception_ptr& failure) {
    if (!failure) return;
    log::event(log::Level::error, "session_exception", {{"what", what_of(failure)}});
}

}  // namespace

struct Server::State : std::enable_shared_from_this<State> {
    explicit State(asio::io_context& io) : context{io}, left{io} {}

    /// @param socket_of  what a session runs over, of what was accepted
    template <class Protocol, class Acceptor, class SocketOf>
    void start(Acceptor acceptor, WayIn way_in, SocketOf socket_of) {
        auto shared = std::make_shared<Acceptor>(std::move(acceptor));
        stops.push_back([shared] {
            boost::system::error_code ignored;
            shared->close(ignored);
        });
        asio::co_spawn(
            context, accept_all<Protocol>(shared_from_this(), shared, way_in, socket_of),
            report_end);
    }

    template <class Protocol, class Acceptor, class SocketOf>
    static asio::awaitable<void> accept_all(
        std::shared_ptr<State> self,
        std::shared_ptr<Acceptor> acceptor,
        WayIn way_in,
        SocketOf socket_of) {
        asio::steady_timer pause{self->context};
        while (acceptor->is_open()) {
            auto [code, socket] =
                co_await acceptor->async_accept(asio::as_tuple(asio::use_awaitable));
            if (!code) {
                Origin origin{.way_in = way_in, .peer = std::nullopt, .name = {}};
                if (!self->hub->draining && prepare(socket, origin))
                    self->template take<Protocol>(std::move(socket), std::move(origin), socket_of);
                continue;
            }
            if (!acceptor->is_open()) break;
            // Out of descriptors, mostly: some will be given back.
            log::event(log::Level::warn, "accept_failed", {{"detail", code.message()}});
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    template <class Protocol, class Accepted, class SocketOf>
    void take(Accepted accepted, Origin origin, SocketOf socket_of) {
        try {
            take<Protocol>(socket_of(std::move(accepted)), std::move(origin));
        } catch (const boost::system::system_error& error) {
            // OpenSSL is out of memory: this connection ends, the listener goes on.
            log::event(log::Level::warn, "accept_failed", {{"detail", error.code().message()}});
        }
    }

    template <class Protocol>
    void take(typename Protocol::socket socket, Origin origin) {
        if (make_room(hub->sessions, origin.name, hub->options.limits)) {
            asio::co_spawn(
                context, serve<Protocol>(hub, std::move(socket), std::move(origin)), report_end);
        } else if (hub->turned_away < kMaxTurnedAway) {
            ++hub->turned_away;
            asio::co_spawn(
                context, http::turn_away<Protocol>(hub, std::move(socket), std::move(origin)),
                [shared = hub](const std::exception_ptr& failure) {
                    --shared->turned_away;
                    report_end(failure);
                });
        }
    }

    void stop_accepting() {
        hub->draining = true;
        for (const auto& stop : stops)
            stop();
        for (const BoundSocket& socket : bound)
            unlink_bound(socket);
        stops.clear();
        bound.clear();
    }

    asio::awaitable<void> wait_until_empty(Deadline deadline) {
        while (!hub->sessions.empty() && std::chrono::steady_clock::now() < deadline) {
            left.expires_at(deadline);
            co_await left.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    static asio::awaitable<void> drain(
        std::shared_ptr<State> self, std::chrono::milliseconds limit) {
        self->stop_accepting();
        const auto open = self->hub->sessions;
        for (LiveSession* session : open)
            session->close_if_idle();
        co_await self->wait_until_empty(std::chrono::steady_clock::now() + limit);
        const auto late = self->hub->sessions;
        for (LiveSession* session : late)
            session->close();
        // A handler cannot be interrupted; its own deadline ends it.
        co_await self->wait_until_empty(Deadline::max());
    }

    asio::io_context& context;
    std::shared_ptr<Hub> hub = std::make_shared<Hub>();
    asio::steady_timer left;  // cancelled whenever a session ends
    std::vector<std::function<void()>> stops;
    std::vector<BoundSocket> bound;
};

Server::Server(
    asio::io_context& context, std::shared_ptr<const Router> router, ServerOptions options)
    : state_{std::make_shared<State>(context)} {
    Hub& hub = *state_->hub;
    hub.router = std::move(router);
    hub.gate.max_body_bytes = options.limits.max_body_bytes;
    hub.gate.hosts = options.hosts;
    hub.gate.offers_web_socket = [router = hub.router](std::string_view path) {
        return router->offers_web_socket(path);
    };
    for (const std::string& host : options.allowed_hosts) {
        hub.gate.allowed_hosts.push_back(lower_case(host));
    }
    hub.options = std::move(options);
    hub.on_leave = [weak = state_->weak_from_this()] {
        if (const auto state = weak.lock()) state->left.cancel();
    };
}

Server::~Server() {
    state_->stop_accepting();
    const auto open = state_->hub->sessions;
    for (LiveSession* session : open)
        session->close();
}

void Server::use(ServerTls tls) {
    Hub& hub = *state_->hub;
    hub.tls = std::move(tls.context);
    if (std::exchange(hub.believed_clients, tls.believed_clients) == tls.believed_clients) return;
    const auto open = hub.sessions;
    for (LiveSession* session : open)
        session->outlived_its_handshake();
}

Result<std::uint16_t> Server::listen_tcp(const std::string& address, TcpListening listening) {
    const bool is_encrypted = listening.encryption == Encryption::tls;
    if (is_encrypted && !state_->hub->tls) bug("a TLS listener without a certificate");
    const auto endpoint = parse_address(address, listening.reach);
    if (!endpoint) return std::unexpected{endpoint.error()};
    auto acceptor = open_tcp(state_->context, *endpoint);
    if (!acceptor) return std::unexpected{acceptor.error()};
    boost::system::error_code code;
    const std::uint16_t port = acceptor->local_endpoint(code).port();
    if (code) return fail(ErrorCode::unavailable, "the listening port is unknown");
    const WayIn worth = way_in(endpoint->address(), listening.encryption);
    if (is_encrypted) {
        state_->start<TlsOverTcp>(
            std::move(*acceptor), worth, [hub = state_->hub](tcp::socket socket) {
                return TlsOverTcp::socket{
                    boost::beast::basic_stream<tcp>{std::move(socket)}, *hub->tls};
            });
    } else {
        state_->start<tcp>(std::move(*acceptor), worth, std::identity{});
    }
    return port;
}

Status Server::listen_unix(const std::filesystem::path& path, unsigned mode) {
    auto listener = open_unix(state_->context, path, mode);
    if (!listener) return std::unexpected{listener.error()};
    state_->bound.push_back(std::move(listener->bound));
    state_->start<Local>(std::move(listener->acceptor), WayIn::local, std::identity{});
    return {};
}

asio::awaitable<void> Server::drain(std::chrono::milliseconds limit) {
    return State::drain(state_, limit);
}

}  // namespace chela::sidecar::http
