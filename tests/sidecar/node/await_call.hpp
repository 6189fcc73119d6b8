#pragma once

#include "sidecar/node/client.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {

/// Runs `context` until the call has its answer.
inline Result<sidecar::node::RpcAnswer> await_call(
    boost::asio::io_context& context,
    const std::shared_ptr<sidecar::node::Client>& client,
    Json parameters = Json::array(),
    std::chrono::milliseconds patience = std::chrono::seconds{60},
    const std::optional<sidecar::Traceparent>& traceparent = {}) {
    std::optional<Result<sidecar::node::RpcAnswer>> answer;
    boost::asio::co_spawn(
        context,
        client->call(
            "eth_test", std::move(parameters),
            {std::chrono::steady_clock::now() + patience, traceparent}),
        [&](const std::exception_ptr& thrown, Result<sidecar::node::RpcAnswer> result) {
            EXPECT_FALSE(thrown);
            answer = std::move(result);
        });
    context.restart();
    while (!answer && context.run_one() > 0) {
    }
    if (!answer) return fail(ErrorCode::internal, "the context ran dry before the call ended");
    return std::move(*answer);
}

}  // namespace chela::test
