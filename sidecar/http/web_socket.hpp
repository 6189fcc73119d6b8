#pragma once

#include "sidecar/http/head.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

namespace chela::sidecar::http {

/// Why a WebSocket is closed. Source: RFC 6455, 7.4.1.
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    unsupported_data = 1003,
    policy_violation = 1008,
    internal_error = 1011
};

/// The server's end of an open WebSocket. Threads: the io_context's one.
class WebSocket {
public:
    virtual ~WebSocket() = default;
    /// The next text message; one call at a time. @return empty: it has ended
    [[nodiscard]] virtual boost::asio::awaitable<std::optional<std::string>> read() = 0;
    /// Puts a text message into the queue. A client that lets more than kMaxQueuedBytes wait is cut
    /// off.
    virtual void send(std::string text) = 0;
    /// Says goodbye after what is queued; read() ends.
    virtual void close(CloseCode code, const std::string& reason) = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
};

inline constexpr std::size_t kMaxQueuedBytes = std::size_t{32} * 1024 * 1024;

/// What is spoken on a WebSocket, after the handshake. Threads: the io_context's one.
class WebSocketHandler {
public:
    virtual ~WebSocketHandler() = default;
    /// @return when nothing of it is under way any more; the connection ends then
    [[nodiscard]] virtual boost::asio::awaitable<void> run(std::shared_ptr<WebSocket> socket) = 0;
    /// The server drains: run() comes to its end.
    virtual void stop() = 0;
};

/// Does this head ask for a WebSocket, in the one form that RFC 6455, 4.1 knows?
[[nodiscard]] bool is_web_socket_handshake(const Head& head);

}  // namespace chela::sidecar::http
