#pragma once

#include "sidecar/edge/blocking.hpp"
#include "sidecar/hooks/bell.hpp"
#include "sidecar/store/store.hpp"

#include <memory>
#include <set>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::hooks {

struct EventWatchOptions {
    std::chrono::milliseconds poll{1'000};  ///< other processes write without a bell
    std::chrono::milliseconds gap{20};      ///< between two looks, however often the bell rings
};

/// Knows the number of the newest event, and wakes whoever waits for the next. One look at the
/// database serves everybody.
/// Threads: the io_context's one.
class EventWatch {
public:
    /// Somebody who waits; may outlive the watch.
    class Waiter;

    EventWatch(
        boost::asio::any_io_executor executor,
        store::Store& store,
        boost::asio::thread_pool& store_pool,
        std::shared_ptr<Bell> bell,
        EventWatchOptions options);
    EventWatch(const EventWatch&) = delete;
    EventWatch& operator=(const EventWatch&) = delete;
    ~EventWatch();

    /// Runs until stop().
    void start();
    /// Everybody is woken; completes when no look is under way.
    [[nodiscard]] boost::asio::awaitable<void> stop();

    /// 0 before the first look.
    [[nodiscard]] std::int64_t newest() const;

private:
    struct State;
    static boost::asio::awaitable<void> run(EventWatch* self);
    boost::asio::awaitable<void> look();

    boost::asio::any_io_executor executor_;
    store::Store& store_;
    boost::asio::thread_pool& store_pool_;
    std::shared_ptr<Bell> bell_;
    EventWatchOptions options_;
    std::shared_ptr<State> state_;
    bool is_running_ = false;
};

class EventWatch::Waiter {
public:
    explicit Waiter(const EventWatch& watch);
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter();

    /// Until there is an event behind `known`, `deadline`, cancel() or the watch's end. It may end
    /// early; look again.
    [[nodiscard]] boost::asio::awaitable<void> wait(std::int64_t known, Deadline deadline);
    /// Ends the wait that is under way, and every later one at once.
    void cancel();

private:
    friend class EventWatch;
    std::shared_ptr<State> state_;
    boost::asio::steady_timer timer_;
    bool is_cancelled_ = false;
};

}  // namespace chela::sidecar::hooks
