#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace chela::test::security {

/// A request as a hostile peer heard it.
struct Heard {
    std::string head;  ///< request line and headers
    std::string body;

    /// @param lower_case_name  @return its value, or ""
    [[nodiscard]] std::string header(std::string_view lower_case_name) const;
};

/// Writes to the client. @return false: nobody reads on
using Say = std::function<bool(std::string_view bytes)>;
/// Answers one request as it likes; then the connection is closed.
using Conduct = std::function<void(const Heard& request, const Say& say)>;

/// An HTTP server on 127.0.0.1 that obeys nobody: a node, a webhook's receiver, somebody's metadata
/// service. Each connection has a thread of its own.
class Peer {
public:
    explicit Peer(Conduct conduct);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::vector<Heard> heard() const;

private:
    void accept_all();
    void serve(int socket);

    Conduct conduct_;
    int listening_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopped_ = false;
    mutable std::mutex mutex_;
    std::vector<Heard> heard_;
    std::vector<std::thread> threads_;  ///< of connections; guarded by mutex_
    std::thread accepting_;
};

/// A whole answer with its length.
[[nodiscard]] std::string http_reply(
    std::string_view status, std::string_view body, std::string_view headers = "");
/// A JSON-RPC result or error for the request. @param member  such as "\"result\":\"0x1\""
[[nodiscard]] std::string rpc_reply(const Heard& request, std::string_view member);
/// The method of a JSON-RPC request, or "".
[[nodiscard]] std::string method_of(const Heard& request);

}  // namespace chela::test::security
