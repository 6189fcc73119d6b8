#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/node/access.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::node {

/// An error object that the node itself answered. Source: JSON-RPC 2.0 §5.1.
struct RpcError {
    std::int64_t code{};
    std::string message;
    std::string data;  ///< JSON text of `data`, or empty
};

/// A JSON-RPC answer: either a result or the node's error object.
struct RpcAnswer {
    std::shared_ptr<const Json> result;  ///< set unless error is
    std::optional<RpcError> error;
};

/// The same, its result as JSON text.
struct RpcText {
    std::string result;  ///< empty where there is an error
    std::optional<RpcError> error;
};

/// JSON-RPC over HTTP(S). Every answer is untrusted input.
class Client {
public:
    virtual ~Client() = default;
    /// @param parameters  a JSON array
    /// @return unavailable: could not connect, nothing was sent; timed_out: sent, no (complete)
    /// answer: the effect is unknown;
    ///         bad_response: not JSON-RPC, wrong id, oversized, HTTP status not 2xx (effect unknown
    ///         as well)
    [[nodiscard]] virtual boost::asio::awaitable<Result<RpcAnswer>> call(
        std::string method, Json parameters, Deadline deadline) = 0;
    /// As call(), for who passes the result on.
    /// @param pool  where a long answer is read and written, so that nobody else on the caller's
    /// executor waits for that; empty: where it came
    /// @return also timed_out E_NODE_ANSWER_UNREAD: there was no time left to read it
    [[nodiscard]] virtual boost::asio::awaitable<Result<RpcText>> call_for_text(
        std::string method, Json parameters, Deadline deadline, boost::asio::any_io_executor pool);
    /// Until when the node asked to be left alone. The past: it did not. Threads: any.
    [[nodiscard]] virtual Deadline busy_until() const { return Deadline::min(); }
};

struct ClientOptions {
    std::string url;  ///< http:// or https://; never logged with user info, path or query
    Access access{};
    std::chrono::milliseconds timeout{10'000};  ///< of one call, at most
    std::size_t max_response_bytes = std::size_t{8} * 1024 * 1024;
    std::size_t max_idle_connections = 8;
};

/// Keep-alive connections, one request at a time on each. Redirects are not followed. TLS
/// certificates are verified against the system's roots, or the CA file alone, and the host name.
/// A Retry-After under status 429 or 503 shows in busy_until(). A request that fails on
/// a kept connection before any byte of it was answered is reported, not repeated: the caller knows
/// whether repeating is safe. A kept connection that is found closed before anything was sent on it
/// is replaced.
/// @param executor  where the sockets live; its context must outlive the client
/// Threads: call() may be awaited on any executor. Secret: the URL's user info, path and query
/// never leave as text.
/// @return invalid_input: not such a URL, or a CA file without certificates
[[nodiscard]] Result<std::shared_ptr<Client>> make_client(
    boost::asio::any_io_executor executor, ClientOptions options);

/// "https://host:port" without user info, path and query: what may be shown.
[[nodiscard]] std::string display_origin(std::string_view url);

}  // namespace chela::sidecar::node
