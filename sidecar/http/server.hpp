#pragma once

#include "chains/base/result.hpp"
#include "sidecar/http/gate.hpp"
#include "sidecar/http/listen.hpp"
#include "sidecar/http/router.hpp"
#include "sidecar/http/tls.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace chela::sidecar::http {

struct ServerLimits {
    std::size_t max_header_bytes = std::size_t{16} * 1024;
    std::size_t max_headers = 64;
    std::size_t max_body_bytes = std::size_t{1024} * 1024;
    std::size_t max_connections = 256;
    std::chrono::milliseconds handshake_timeout{5'000};  ///< of TLS
    /// Of one peer: a uid on unix sockets, an address otherwise.
    std::size_t max_connections_per_peer = 64;
    std::chrono::milliseconds header_timeout{5'000};
    std::chrono::milliseconds body_timeout{30'000};
    /// From the start of a body, before it has to keep up with the rate.
    std::chrono::milliseconds body_grace{5'000};
    std::size_t min_body_bytes_per_second = 1'024;
    std::chrono::milliseconds idle_timeout{60'000};
    std::chrono::milliseconds request_timeout{60'000};  ///< becomes Request::deadline
};

/// What one finished request looked like; for the access log. No raw path, no header value.
struct AccessEntry {
    std::string request_id;
    std::string trace_id;
    std::string method;
    std::string route;
    unsigned status{};
    std::chrono::microseconds duration{};
    bool unix_socket{};
    Footprint footprint{};
};

struct ServerOptions {
    ServerLimits limits;
    std::vector<std::string>
        allowed_hosts;  ///< host names besides 127.0.0.1, localhost and [::1]; without port
    std::function<void(const AccessEntry&)> on_access;
    HostCheck hosts{HostCheck::listed};
    /// @param why  for a log; the client has had a word in it
    std::function<void(const std::string& why)> on_handshake_failed;
};

enum class Encryption : std::uint8_t { none, tls };

/// What a TCP listener is like.
struct TcpListening {
    Reach reach{Reach::loopback};
    Encryption encryption{Encryption::none};
};

/// HTTP/1.1 on TCP, with and without TLS, and on unix sockets, one coroutine a connection, all on
/// one io_context with one thread. Ambiguous framing, foreign Host, any Origin, cross-site
/// Sec-Fetch-Site and non-canonical paths never reach the router. Destroyed on the context's thread
/// or after it has stopped.
class Server {
public:
    Server(
        boost::asio::io_context& context,
        std::shared_ptr<const Router> router,
        ServerOptions options);
    ~Server();

    /// @param address  "127.0.0.1:8787" or "[::1]:0"; what is not loopback is denied unless
    /// `listening` reaches anywhere
    /// @return the port that is listened on; invalid_input, denied E_LISTEN_NOT_LOOPBACK,
    /// unavailable (address in use)
    [[nodiscard]] Result<std::uint16_t> listen_tcp(
        const std::string& address, TcpListening listening = {});

    /// For the handshakes from now on. Where it believes other clients than before, TLS connections
    /// that are open end after the request that has begun: their CA may be gone. Others stay as
    /// they are. Before the first listener with Encryption::tls.
    void use(ServerTls tls);

    /// Binds under a temporary name in the same folder and renames; a stale socket of ours is
    /// replaced, anything else is not.
    /// @param mode  permission bits of the socket, e.g. 0660
    [[nodiscard]] Status listen_unix(const std::filesystem::path& path, unsigned mode);

    /// Stops accepting, lets requests in progress finish until `limit`, then closes. Completes when
    /// no session is left.
    [[nodiscard]] boost::asio::awaitable<void> drain(std::chrono::milliseconds limit);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace chela::sidecar::http
