#pragma once

#include "chains/base/result.hpp"
#include "sidecar/edge/rethrow.hpp"

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace chela::sidecar {

/// For commands, which have nothing else to do meanwhile: runs `context` until it has no more work.
/// Blocking. @return what `work` gave; what it throws is thrown here
template <class T>
T run_to_end(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
    std::optional<T> done;
    boost::asio::co_spawn(
        context, std::move(work), [&done](const std::exception_ptr& thrown, T result) {
            rethrow(thrown);
            done = std::move(result);
        });
    context.restart();
    context.run();
    if (!done) bug("a coroutine waits for what nobody does");
    return *std::move(done);
}

inline void run_to_end(boost::asio::io_context& context, boost::asio::awaitable<void> work) {
    boost::asio::co_spawn(context, std::move(work), rethrow);
    context.restart();
    context.run();
}

}  // namespace chela::sidecar
