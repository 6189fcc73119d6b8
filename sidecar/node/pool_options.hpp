#pragma once

#include "sidecar/node/breaker.hpp"
#include "sidecar/node/client.hpp"
#include "sidecar/node/endpoint_health.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace chela::sidecar::node {

/// One endpoint of a chain.
struct PooledClient {
    std::string origin;  ///< "https://host:port"
    std::shared_ptr<Client> client;
};

/// What became of one request to one endpoint.
struct CallReport {
    std::size_t endpoint{};
    bool is_answered{};  ///< in the shape that was asked for, be it a result or an error object
    std::chrono::nanoseconds took{};
};

/// How an EndpointPool treats its endpoints, and who hears of it.
struct PoolOptions {
    unsigned tries = 3;         ///< requests of one read, at most; 0 counts as 1
    std::uint64_t max_lag = 8;  ///< blocks behind the best head
    Breaker::Limits breaker;
    std::function<double()> jitter;                              ///< 0 … 1; empty: always 1
    std::function<std::chrono::steady_clock::time_point()> now;  ///< empty: steady_clock
    std::function<void(const CallReport&)> on_call;              ///< after every request
    /// When an endpoint's state has changed.
    std::function<void(std::size_t endpoint, const EndpointHealth&)> on_change;
};

/// One request a call, no breaker: for callers that do their own waiting.
[[nodiscard]] inline PoolOptions single_try() {
    PoolOptions options;
    options.tries = 1;
    options.breaker.failures = 0;
    return options;
}

}  // namespace chela::sidecar::node
