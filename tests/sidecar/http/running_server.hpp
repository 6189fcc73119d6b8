#pragma once

#include "sidecar/http/server.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>

namespace chela::sidecar::http::test {

/// A real server on 127.0.0.1 and on a unix socket, in a thread of its own. Its routes:
/// GET /ping; any method /echo → method, path, query, headers and body as JSON; GET /peer → the
/// unix peer; GET /certificate → the names of the client's certificate; GET /slow → waits for
/// open_gate(); GET /throw; GET /split → a header with a line break; GET /gone → 204; GET /noted →
/// an agent's footprint; GET /stream → what say() says; GET /flood → a body without end.
class RunningServer {
public:
    explicit RunningServer(ServerOptions options = {}, std::optional<ServerTls> tls = std::nullopt);
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;
    ~RunningServer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// 0: it was given no certificate.
    [[nodiscard]] std::uint16_t tls_port() const { return tls_port_; }
    /// For the handshakes from now on.
    void use(ServerTls tls);
    [[nodiscard]] std::vector<std::string> failed_handshakes() const;
    [[nodiscard]] std::filesystem::path unix_socket() const { return dir_.path() / "agent.sock"; }
    [[nodiscard]] std::vector<AccessEntry> access() const;
    /// Requests that are waiting in /slow right now.
    [[nodiscard]] unsigned waiting() const { return waiting_; }
    void open_gate();
    /// The next piece for every open stream; "" ends them.
    void say(std::string piece);
    /// Streams that are open right now, and pieces that any of them has given.
    [[nodiscard]] unsigned streams() const { return streams_; }
    [[nodiscard]] unsigned pieces() const { return pieces_; }
    [[nodiscard]] std::future<void> drain(std::chrono::milliseconds limit);

private:
    class Said;
    class Flood;

    [[nodiscard]] std::shared_ptr<const Router> routes();

    chela::test::TempDir dir_;
    boost::asio::io_context context_;
    // A drained server gives the thread nothing to do; it stays for the next drain().
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        context_.get_executor()};
    boost::asio::steady_timer gate_{context_};
    bool is_open_ = false;  // of the server's thread
    std::atomic<unsigned> waiting_ = 0;
    std::set<Said*> said_;  // of the server's thread
    std::atomic<unsigned> streams_ = 0;
    std::atomic<unsigned> pieces_ = 0;
    mutable std::mutex mutex_;
    std::vector<AccessEntry> access_;
    std::vector<std::string> failed_handshakes_;
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
    std::uint16_t tls_port_ = 0;
    std::thread thread_;
};

}  // namespace chela::sidecar::http::test
