#include "sidecar/node/heads.hpp"

#include "sidecar/edge/rethrow.hpp"

#include <utility>
#include <vector>

#include <boost/asio.hpp>

namespace chela::sidecar::node {

namespace asio = boost::asio;
using chains::node::Head;
using Clock = std::chrono::steady_clock;

namespace {

// A subscription that lasted this long was a good one: the next attempt comes soon.
constexpr std::chrono::seconds kGoodSubscription{60};
constexpr int kSilentIntervals = 3;

}  // namespace

struct HeadFollower::State {
    State(
        const asio::any_io_executor& where,
        std::shared_ptr<ChainClient> chain_client,
        HeadFollowerOptions chosen)
        : executor{where},
          client{std::move(chain_client)},
          options{std::move(chosen)},
          poll_timer{where},
          reconnect_timer{where} {}

    [[nodiscard]] bool is_pushed() const {
        return socket && Clock::now() - heard_at < kSilentIntervals * options.poll_interval;
    }

    /// @return false: it is the latest already
    bool publish(const Head& head) {
        if (latest && latest->hash == head.hash) return false;
        latest = head;
        ++generation;
        wake();
        return true;
    }

    void wake() {
        // A waiter that wakes up may wait again.
        for (const auto& waiter : std::exchange(waiters, {}))
            waiter->cancel();
    }

    void stop() {
        is_stopped = true;
        poll_timer.cancel();
        reconnect_timer.cancel();
        if (socket) socket->close();
        wake();
    }

    static asio::awaitable<void> poll(std::shared_ptr<State> self) {
        while (!self->is_stopped) {
            if (!self->is_pushed()) co_await ask(self);
            if (self->is_stopped) co_return;
            self->poll_timer.expires_after(self->options.poll_interval);
            co_await self->poll_timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    static asio::awaitable<void> ask(std::shared_ptr<State> self) {
        constexpr std::chrono::seconds kLimit{10};
        const auto head = co_await self->client->head(Clock::now() + kLimit);
        // A node that is asked may be behind the one that pushes.
        const auto& latest = self->latest;
        const bool is_old = head && self->socket && latest && head->number < latest->number;
        if (head && !is_old && !self->is_stopped) self->publish(*head);
    }

    static asio::awaitable<void> listen(std::shared_ptr<State> self, HeadSocketOptions where) {
        for (unsigned attempt = 0; !self->is_stopped; ++attempt) {
            const auto began = Clock::now();
            const auto ended = co_await follow_socket(self, where);
            if (self->is_stopped) co_return;
            if (self->options.on_subscription) self->options.on_subscription(ended);
            if (Clock::now() - began > kGoodSubscription) attempt = 0;
            const auto& options = self->options;
            self->reconnect_timer.expires_after(full_jitter(
                options.reconnect_pause, options.longest_reconnect_pause, attempt,
                options.jitter ? options.jitter() : 1.0));
            co_await self->reconnect_timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    /// @return why it ended
    static asio::awaitable<Status> follow_socket(
        std::shared_ptr<State> self, HeadSocketOptions where) {
        auto opened = co_await subscribe_new_heads(
            self->executor, std::move(where), self->client->chain().chain_id);
        if (!opened) co_return std::unexpected{opened.error()};
        if (self->is_stopped) co_return Status{};
        self->socket = *opened;
        self->heard_at = Clock::now();
        if (self->options.on_subscription) self->options.on_subscription({});
        for (;;) {
            const auto head = co_await self->socket->next();
            if (!head || self->is_stopped) {
                self->socket.reset();
                // Until now nobody asked: the next head may have come meanwhile.
                self->poll_timer.cancel();
                if (!head) co_return std::unexpected{head.error()};
                co_return Status{};
            }
            // Who repeats himself says nothing.
            if (self->publish(*head)) self->heard_at = Clock::now();
        }
    }

    static asio::awaitable<Result<Head>> wait(
        std::shared_ptr<State> self, std::uint64_t seen, Deadline deadline) {
        while (self->generation == seen && !self->is_stopped) {
            if (Clock::now() >= deadline)
                co_return fail(ErrorCode::timed_out, "no new head in time", "E_NO_NEW_HEAD");
            const auto timer = std::make_shared<asio::steady_timer>(self->executor, deadline);
            self->waiters.push_back(timer);
            co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
            std::erase(self->waiters, timer);
        }
        const auto& latest = self->latest;
        if (self->is_stopped || !latest)
            co_return fail(ErrorCode::unavailable, "heads are no longer followed", "E_STOPPED");
        co_return *latest;
    }

    asio::any_io_executor executor;
    std::shared_ptr<ChainClient> client;
    HeadFollowerOptions options;
    asio::steady_timer poll_timer;
    asio::steady_timer reconnect_timer;
    std::shared_ptr<HeadSocket> socket;  // while a subscription stands
    Clock::time_point heard_at;
    std::optional<Head> latest;
    std::uint64_t generation = 0;  // heads so far
    std::vector<std::shared_ptr<asio::steady_timer>> waiters;
    bool is_stopped = false;
};

HeadFollower::HeadFollower(
    const asio::any_io_executor& executor,
    std::shared_ptr<ChainClient> client,
    HeadFollowerOptions options)
    : state_{std::make_shared<State>(executor, std::move(client), std::move(options))} {}

// NOLINTNEXTLINE(bugprone-exception-escape): cancelling a timer throws only if memory ran out
HeadFollower::~HeadFollower() {
    state_->stop();
}

void HeadFollower::start() {
    asio::co_spawn(state_->executor, State::poll(state_), rethrow);
    if (const auto& socket = state_->options.socket)
        asio::co_spawn(state_->executor, State::listen(state_, *socket), rethrow);
}

void HeadFollower::stop() {
    state_->stop();
}

std::optional<Head> HeadFollower::latest() const {
    return state_->latest;
}

asio::awaitable<Result<Head>> HeadFollower::next(Deadline deadline) {
    return State::wait(state_, state_->generation, deadline);
}

asio::awaitable<Result<Head>> HeadFollower::next_after(
    std::optional<BlockHash> seen, Deadline deadline) {
    const auto& latest = state_->latest;
    const bool is_news = latest && latest->hash != seen;
    return State::wait(state_, is_news ? state_->generation - 1 : state_->generation, deadline);
}

}  // namespace chela::sidecar::node
