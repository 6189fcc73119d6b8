#pragma once

#include "sidecar/node/chain_client.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/sidecar/node/chain_client_fixture.hpp"
#include "tests/sidecar/node/scripted_endpoint.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace chela::sidecar::node {

/// Three nodes of one chain, a clock that stands still, and back-off without waiting.
class PoolTest : public testing::Test {
protected:
    PoolTest() {
        options.jitter = [] { return 0.0; };
        options.now = [this] { return time; };
        options.on_change = [this](std::size_t endpoint, const EndpointHealth& health) {
            changes.emplace_back(endpoint, std::string{to_string(health.state)});
        };
        options.on_call = [this](const CallReport& report) { reports.push_back(report); };
        for (int i = 0; i < 3; ++i)
            nodes.push_back(std::make_shared<test::ScriptedEndpoint>());
    }

    ChainClient& chain() {
        if (!chain_) {
            std::vector<PooledClient> clients;
            clients.reserve(nodes.size());
            for (std::size_t i = 0; i < nodes.size(); ++i)
                clients.push_back({"https://node" + std::to_string(i) + ":443", nodes[i]});
            chain_ = std::make_unique<ChainClient>(base(), std::move(clients), options);
        }
        return *chain_;
    }
    template <class T>
    T await(boost::asio::awaitable<T> work) {
        return test::await(context, std::move(work));
    }
    static Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{30}; }
    void all(const std::string& method, const Json& result) {
        for (auto& node : nodes)
            node->on(method, result);
    }
    Result<Wei> balance() { return await(chain().balance(test::address(1), soon())); }
    /// How often each node was asked for what is not its id or head.
    [[nodiscard]] std::vector<std::size_t> asked() const {
        std::vector<std::size_t> out;
        out.reserve(nodes.size());
        for (const auto& node : nodes)
            out.push_back(node->asked.size());
        return out;
    }
    EndpointState state(std::size_t endpoint) { return chain().health().at(endpoint).state; }

    boost::asio::io_context context;
    std::chrono::steady_clock::time_point time{std::chrono::hours{1}};
    PoolOptions options;
    std::vector<std::shared_ptr<test::ScriptedEndpoint>> nodes;
    std::vector<std::pair<std::size_t, std::string>> changes;
    std::vector<CallReport> reports;

private:
    std::unique_ptr<ChainClient> chain_;
};

inline Error trouble(ErrorCode code = ErrorCode::timed_out) {
    return {code, "the test's trouble", "E_TROUBLE"};
}

}  // namespace chela::sidecar::node
