#include "sidecar/hooks/event_watch.hpp"

#include "sidecar/edge/wait.hpp"
#include "sidecar/telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::hooks {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLimit{30};

}  // namespace

struct EventWatch::State {
    explicit State(const asio::any_io_executor& executor) : alarm{executor} {}

    asio::steady_timer alarm;  ///< cancelled when the bell rings
    std::int64_t newest = 0;
    bool is_over = false;
    std::set<Waiter*> waiters;

    void wake() const {
        for (auto* waiter : waiters)
            waiter->timer_.cancel();
    }
};

EventWatch::EventWatch(
    asio::any_io_executor executor,
    store::Store& store,
    asio::thread_pool& store_pool,
    std::shared_ptr<Bell> bell,
    EventWatchOptions options)
    : executor_{std::move(executor)},
      store_{store},
      store_pool_{store_pool},
      bell_{std::move(bell)},
      options_{options},
      state_{std::make_shared<State>(executor_)} {}

EventWatch::~EventWatch() {
    bell_->listen(nullptr);
}

void EventWatch::start() {
    is_running_ = true;
    bell_->listen([state = state_] {
        asio::post(state->alarm.get_executor(), [state] { state->alarm.cancel(); });
    });
    asio::co_spawn(executor_, run(this), asio::detached);
}

asio::awaitable<void> EventWatch::run(EventWatch* self) {
    State& state = *self->state_;
    asio::steady_timer gap{self->executor_};
    while (!state.is_over) {
        self->bell_->answer();
        co_await self->look();
        gap.expires_after(self->options_.gap);
        co_await gap.async_wait(asio::as_tuple(asio::use_awaitable));
        // A ring in the meantime has cancelled nothing.
        if (state.is_over || self->bell_->has_rung()) continue;
        state.alarm.expires_after(self->options_.poll);
        co_await state.alarm.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    self->is_running_ = false;
}

asio::awaitable<void> EventWatch::look() {
    const auto newest = co_await run_blocking<std::int64_t>(
        store_pool_, std::chrono::steady_clock::now() + kLimit,
        [&store = store_] { return store.last_sequence(); });
    if (!newest) {
        log::event(log::Level::error, "events_unreadable", {{"error", newest.error().detail}});
        co_return;
    }
    if (*newest == state_->newest) co_return;
    state_->newest = *newest;
    state_->wake();
}

std::int64_t EventWatch::newest() const {
    return state_->newest;
}

asio::awaitable<void> EventWatch::stop() {
    bell_->listen(nullptr);
    state_->is_over = true;
    state_->wake();
    state_->alarm.cancel();
    co_await wait_while([this] { return is_running_; });
}

EventWatch::Waiter::Waiter(const EventWatch& watch)
    : state_{watch.state_},
      timer_{state_->alarm.get_executor()} {
    state_->waiters.insert(this);
}

EventWatch::Waiter::~Waiter() {
    state_->waiters.erase(this);
}

asio::awaitable<void> EventWatch::Waiter::wait(std::int64_t known, Deadline deadline) {
    if (is_cancelled_ || state_->is_over || state_->newest > known) co_return;
    timer_.expires_at(deadline);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void EventWatch::Waiter::cancel() {
    is_cancelled_ = true;
    timer_.cancel();
}

}  // namespace chela::sidecar::hooks
