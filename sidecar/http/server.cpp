#include "sidecar/http/server.hpp"

#include "sidecar/http/ascii.hpp"
#include "sidecar/http/listen.hpp"
#include "sidecar/http/session.hpp"
#include "sidecar/telemetry/log.hpp"

#include <exception>
#include <sys/socket.h>
#include <type_traits>

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
    return UnixPeer{.uid = credentials.uid, .gid = credentials.gid, .pid = credentials.pid};
}

/// @return may this connection be served? A unix peer without credentials may not.
bool prepare(Local::socket& socket, std::optional<UnixPeer>& peer) {
    peer = peer_of(socket);
    return peer.has_value();
}

bool prepare(tcp::socket& socket, std::optional<UnixPeer>&) {
    boost::system::error_code code;
    socket.set_option(tcp::no_delay{true}, code);
    return !code;
}

void report_end(const std::exception_ptr& failure) {
    if (!failure) return;
    std::string what = "not a std::exception";
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        what = error.what();
    } catch (...) {
        // Nothing more is known about it than what the log line says.
    }
    log::event(log::Level::error, "session_exception", {{"what", what}});
}

}  // namespace

struct Server::State : std::enable_shared_from_this<State> {
    explicit State(asio::io_context& io) : context{io}, left{io} {}

    template <class Protocol>
    void start(typename Protocol::acceptor acceptor) {
        auto shared = std::make_shared<typename Protocol::acceptor>(std::move(acceptor));
        stops.push_back([shared] {
            boost::system::error_code ignored;
            shared->close(ignored);
        });
        asio::co_spawn(context, accept_all<Protocol>(shared_from_this(), shared), report_end);
    }

    template <class Protocol>
    static asio::awaitable<void> accept_all(
        std::shared_ptr<State> self, std::shared_ptr<typename Protocol::acceptor> acceptor) {
        asio::steady_timer pause{self->context};
        while (acceptor->is_open()) {
            auto [code, socket] =
                co_await acceptor->async_accept(asio::as_tuple(asio::use_awaitable));
            if (!code) {
                self->template take<Protocol>(std::move(socket));
                continue;
            }
            if (!acceptor->is_open()) break;
            // Out of descriptors, mostly: some will be given back.
            log::event(log::Level::warn, "accept_failed", {{"detail", code.message()}});
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    template <class Protocol>
    void take(typename Protocol::socket socket) {
        std::optional<UnixPeer> peer;
        if (hub->draining || !prepare(socket, peer)) return;
        const std::size_t served = hub->sessions.size() - hub->turned_away;
        if (served < hub->options.limits.max_connections) {
            asio::co_spawn(context, serve<Protocol>(hub, std::move(socket), peer), report_end);
        } else if (hub->turned_away < kMaxTurnedAway) {
            ++hub->turned_away;
            asio::co_spawn(
                context, http::turn_away<Protocol>(hub, std::move(socket), peer),
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

Result<std::uint16_t> Server::listen_tcp(const std::string& address) {
    const auto endpoint = parse_loopback(address);
    if (!endpoint) return std::unexpected{endpoint.error()};
    auto acceptor = open_tcp(state_->context, *endpoint);
    if (!acceptor) return std::unexpected{acceptor.error()};
    boost::system::error_code code;
    const std::uint16_t port = acceptor->local_endpoint(code).port();
    if (code) return fail(ErrorCode::unavailable, "the listening port is unknown");
    state_->start<tcp>(std::move(*acceptor));
    return port;
}

Status Server::listen_unix(const std::filesystem::path& path, unsigned mode) {
    auto listener = open_unix(state_->context, path, mode);
    if (!listener) return std::unexpected{listener.error()};
    state_->bound.push_back(std::move(listener->bound));
    state_->start<Local>(std::move(listener->acceptor));
    return {};
}

asio::awaitable<void> Server::drain(std::chrono::milliseconds limit) {
    return State::drain(state_, limit);
}

}  // namespace chela::sidecar::http
