#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::sidecar {

/// Runs all of them at once on the caller's executor and waits for the last: each must have an end
/// of its own. @return their results, in order
template <class T>
boost::asio::awaitable<std::vector<T>> gather(std::vector<boost::asio::awaitable<T>> work) {
    namespace asio = boost::asio;
    using Code = boost::system::error_code;
    using Done = asio::experimental::concurrent_channel<void(Code)>;
    struct State {
        State(const asio::any_io_executor& executor, std::size_t count)
            : results(count),
              done{executor, count} {}
        std::vector<std::optional<T>> results;
        Done done;
    };

    const auto executor = co_await asio::this_coro::executor;
    const auto state = std::make_shared<State>(executor, work.size());
    for (std::size_t i = 0; i < work.size(); ++i) {
        asio::co_spawn(
            executor, std::move(work[i]), [state, i](const std::exception_ptr& thrown, T result) {
                if (thrown) std::rethrow_exception(thrown);
                state->results[i] = std::move(result);
                state->done.try_send(Code{});
            });
    }
    for (std::size_t i = 0; i < work.size(); ++i)
        co_await state->done.async_receive(asio::as_tuple(asio::use_awaitable));
    std::vector<T> out;
    out.reserve(work.size());
    for (auto& result : state->results) {
        if (!result) bug("a coroutine that ended without a result");
        out.push_back(*std::move(result));
    }
    co_return out;
}

}  // namespace chela::sidecar
