#include "sidecar/edge/blocking.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace chela::sidecar {
namespace {

namespace asio = boost::asio;

Deadline never() {
    return std::chrono::steady_clock::now() + std::chrono::hours{1};
}

template <class T>
Result<T> run(asio::io_context& context, asio::awaitable<Result<T>> work) {
    context.restart();
    auto future = asio::co_spawn(context, std::move(work), asio::use_future);
    context.run();
    return future.get();
}

asio::awaitable<Result<std::thread::id>> thread_of_job(asio::thread_pool& pool) {
    return run_blocking<std::thread::id>(
        pool, never(), []() -> Result<std::thread::id> { return std::this_thread::get_id(); });
}

TEST(run_blocking, runs_the_job_on_the_pool) {
    asio::io_context context;  // outlives the pool
    asio::thread_pool pool{1};
    const auto id = run(context, thread_of_job(pool));
    ASSERT_TRUE(id.has_value());
    EXPECT_NE(*id, std::this_thread::get_id());
    pool.join();
}

TEST(run_blocking, hands_the_jobs_error_on) {
    asio::io_context context;  // outlives the pool
    asio::thread_pool pool{1};
    const auto result = run(context, run_blocking<int>(pool, never(), []() -> Result<int> {
                                return fail(ErrorCode::conflict, "taken", "E_TAKEN");
                            }));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().reason, "E_TAKEN");
    pool.join();
}

TEST(run_blocking, carries_move_only_results_and_void) {
    asio::io_context context;  // outlives the pool
    asio::thread_pool pool{1};
    const auto box =
        run(context,
            run_blocking<std::unique_ptr<int>>(pool, never(), []() -> Result<std::unique_ptr<int>> {
                return std::make_unique<int>(7);
            }));
    ASSERT_TRUE(box.has_value());
    EXPECT_EQ(**box, 7);
    EXPECT_TRUE(
        run(context, run_blocking<void>(pool, never(), []() -> Status { return {}; })).has_value());
    pool.join();
}

TEST(run_blocking, gives_up_at_the_deadline_while_the_job_runs_on) {
    asio::io_context context;  // outlives the pool
    asio::thread_pool pool{1};
    std::promise<void> gate;
    const auto finished = std::make_shared<std::atomic<bool>>(false);
    const auto result =
        run(context, run_blocking<int>(
                         pool, std::chrono::steady_clock::now(),
                         [open = gate.get_future().share(), finished]() -> Result<int> {
                             open.wait();
                             *finished = true;
                             return 1;
                         }));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::timed_out);
    EXPECT_FALSE(*finished);
    gate.set_value();
    pool.join();
    EXPECT_TRUE(*finished);
}

}  // namespace
}  // namespace chela::sidecar
