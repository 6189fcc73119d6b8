#pragma once

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::sidecar {

/// Looks again and again until it is not so any more: how stop() waits for what is under way.
/// @param is_so  called on the caller's executor; what it refers to outlives the wait
template <class Condition>
boost::asio::awaitable<void> wait_while(Condition is_so) {
    namespace asio = boost::asio;
    asio::steady_timer pause{co_await asio::this_coro::executor};
    while (is_so()) {
        pause.expires_after(std::chrono::milliseconds{5});
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace chela::sidecar
