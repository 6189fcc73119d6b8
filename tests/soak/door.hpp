#pragma once

#include "tests/support/http_client.hpp"

#include <atomic>
#include <cstdint>

namespace chela::test::soak {

/// Where the sidecar listens now: another port after each start. Threads: safe.
class Door {
public:
    void open(std::uint16_t port) { port_ = port; }
    /// Nobody need wait for it any more.
    void close() { is_closed_ = true; }
    [[nodiscard]] bool is_closed() const { return is_closed_; }
    [[nodiscard]] HttpClient client() const {
        return HttpClient{HttpClient::Tcp{"127.0.0.1", port_.load()}};
    }

private:
    std::atomic<std::uint16_t> port_{};
    std::atomic<bool> is_closed_{};
};

}  // namespace chela::test::soak
