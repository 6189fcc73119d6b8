#pragma once

#include "chains/base/result.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace chela::test {

inline constexpr std::chrono::seconds kPatience{60};

/// Runs `context` until `is_true` or, after `patience`, gives up. @return is_true at the end
inline bool run_until(
    boost::asio::io_context& context,
    const std::function<bool()>& is_true,
    std::chrono::milliseconds patience = kPatience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    context.restart();
    while (!is_true()) {
        if (std::chrono::steady_clock::now() > end) return false;
        if (context.stopped()) context.restart();
        context.run_one_for(std::chrono::milliseconds{20});
    }
    return true;
}

/// Runs `context` until `work` is done; a thrown exception or no end in kPatience ends the test
/// run.
template <class T>
T await(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
    std::optional<T> done;
    boost::asio::co_spawn(
        context, std::move(work), [&done](const std::exception_ptr& thrown, T result) {
            if (thrown) bug("a coroutine of a test threw");
            done = std::move(result);
        });
    const bool has_ended = run_until(context, [&done] { return done.has_value(); });
    if (!has_ended || !done) bug("a coroutine of a test never ended");
    return std::move(*done);
}

inline void await(boost::asio::io_context& context, boost::asio::awaitable<void> work) {
    bool is_done = false;
    boost::asio::co_spawn(context, std::move(work), [&is_done](const std::exception_ptr& thrown) {
        if (thrown) bug("a coroutine of a test threw");
        is_done = true;
    });
    if (!run_until(context, [&is_done] { return is_done; }))
        bug("a coroutine of a test never ended");
}

}  // namespace chela::test
