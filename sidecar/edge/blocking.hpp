#pragma once

#include "chains/base/result.hpp"
#include "sidecar/edge/deadline.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::sidecar {

/// Runs `job` on `pool` and waits for it on the caller's executor, at most until `deadline`.
///
/// The I/O thread never blocks. A job cannot be interrupted: after timed_out it runs on and its
/// result is dropped, so `job` owns everything it touches (capture by value or shared_ptr), and the
/// pool is joined before the executor's context ends.
///
/// @param pool  where jobs may block; it runs them in any order
/// @param job  `Result<T>()`, called once on a pool thread; must not throw
/// @return job's result, or timed_out: the deadline passed
template <class T, class Job>
boost::asio::awaitable<Result<T>> run_blocking(
    boost::asio::any_io_executor pool, Deadline deadline, Job job) {
    namespace asio = boost::asio;
    using Code = boost::system::error_code;
    using Answer = std::shared_ptr<Result<T>>;
    using Once = asio::experimental::concurrent_channel<void(Code, Answer)>;

    const auto executor = co_await asio::this_coro::executor;
    const auto once =
        std::make_shared<Once>(executor, 2);  // room for both senders; only the first is read
    asio::post(pool, [once, job = std::move(job)]() mutable {
        once->try_send(Code{}, std::make_shared<Result<T>>(job()));
    });
    asio::steady_timer timer{executor, deadline};
    timer.async_wait([once](Code code) {
        if (!code) once->try_send(Code{}, Answer{});
    });

    auto [code, answer] = co_await once->async_receive(asio::as_tuple(asio::use_awaitable));
    if (code || !answer)
        co_return fail(ErrorCode::timed_out, "no result in time; its effect is unknown");
    co_return std::move(*answer);
}

template <class T, class Job>
boost::asio::awaitable<Result<T>> run_blocking(
    boost::asio::thread_pool& pool, Deadline deadline, Job job) {
    return run_blocking<T>(
        boost::asio::any_io_executor{pool.get_executor()}, deadline, std::move(job));
}

}  // namespace chela::sidecar
