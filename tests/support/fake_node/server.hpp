#pragma once

#include "tests/support/fake_node/endpoint.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace chela::test::fake_node {

/// A FakeEndpoint over HTTP on a free port of 127.0.0.1, in a thread of its own: keep-alive,
/// JSON-RPC calls alone and in batches, no latency of its own. A late reply never comes; where a
/// connection would be refused, it is closed unread.
class FakeNodeServer {
public:
    explicit FakeNodeServer(std::shared_ptr<FakeEndpoint> endpoint);
    ~FakeNodeServer();
    FakeNodeServer(const FakeNodeServer&) = delete;
    FakeNodeServer& operator=(const FakeNodeServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string url() const;

    /// Runs `work` while no request is served: the way to touch endpoint or chain meanwhile.
    void while_idle(const std::function<void(FakeEndpoint& endpoint)>& work);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chela::test::fake_node
