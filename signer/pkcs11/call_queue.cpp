#include "signer/pkcs11/call_queue.hpp"

#include "signer/pkcs11/process.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

std::unexpected<Error> busy(std::string detail) {
    return fail(ErrorCode::unavailable, std::move(detail), "E_TOKEN_BUSY");
}

}  // namespace

struct CallQueue::Call {
    enum class Phase : std::uint8_t { waiting, running, done };

    Job job;
    Phase phase = Phase::waiting;
    Clock::time_point started;
    bool is_abandoned = false;
    std::condition_variable ended;
};

// Owned by the queue and by each of its threads, whichever lasts longest.
struct CallQueue::State {
    const Limits limits;
    const std::shared_ptr<SignerMetrics> metrics;
    std::mutex mutex;
    std::condition_variable has_work;
    std::deque<std::shared_ptr<Call>> waiting;
    std::vector<std::shared_ptr<Call>> running;
    bool is_stopping = false;
    std::condition_variable thread_left;
    std::vector<std::thread::id> left;  ///< threads that touch nothing here any more

    State(Limits given, std::shared_ptr<SignerMetrics> listener)
        : limits{given},
          metrics{std::move(listener)} {}

    // All below: with the mutex held.
    [[nodiscard]] std::size_t abandoned() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(running, [](const auto& call) { return call->is_abandoned; }));
    }
    [[nodiscard]] std::size_t overdue(Clock::time_point now) const {
        return static_cast<std::size_t>(std::ranges::count_if(running, [&](const auto& call) {
            return call->is_abandoned && call->started + limits.patience <= now;
        }));
    }
    void report_depth() const {
        if (metrics != nullptr) metrics->queue_depth(waiting.size());
    }
    void report_hanging() const {
        if (metrics != nullptr) metrics->calls_hanging(abandoned());
    }
};

CallQueue::CallQueue(Limits limits, std::shared_ptr<SignerMetrics> metrics)
    : state_{std::make_shared<State>(limits, std::move(metrics))} {
    for (unsigned i = 0; i < limits.workers; ++i) {
        threads_.emplace_back([state = state_] {
            work(*state);
            const std::lock_guard lock{state->mutex};
            state->left.push_back(std::this_thread::get_id());
            state->thread_left.notify_all();
        });
    }
}

CallQueue::~CallQueue() {
    // A forked child has none of the threads, and the mutex may be held for ever.
    if (!refuse_after_fork()) {
        // Neither joined nor detached: there is nothing here to do either to. The child is ending,
        // and where memory is short it may end at once.
        // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new)
        (void)new std::vector<std::thread>{std::move(threads_)};
        return;
    }
    // The last job may own this queue; its thread cannot wait for itself.
    const auto self = std::this_thread::get_id();
    const bool is_own_thread = std::ranges::any_of(
        threads_, [self](const auto& thread) { return thread.get_id() == self; });
    std::unique_lock lock{state_->mutex};
    state_->is_stopping = true;
    state_->has_work.notify_all();
    const std::size_t others = threads_.size() - (is_own_thread ? 1 : 0);
    state_->thread_left.wait_for(
        lock, state_->limits.patience, [&] { return state_->left.size() >= others; });
    const auto left = state_->left;
    lock.unlock();
    for (auto& thread : threads_) {
        const bool has_left = std::ranges::find(left, thread.get_id()) != left.end();
        has_left ? thread.join() : thread.detach();
    }
}

void CallQueue::work(State& state) {
    std::unique_lock lock{state.mutex};
    for (;;) {
        state.has_work.wait(lock, [&state] { return state.is_stopping || !state.waiting.empty(); });
        if (state.is_stopping) return;
        const std::shared_ptr<Call> call = std::move(state.waiting.front());
        state.waiting.pop_front();
        call->phase = Call::Phase::running;
        call->started = Clock::now();
        state.running.push_back(call);
        state.report_depth();
        lock.unlock();
        call->job();
        // What the job owned goes now: it may be the last owner of the pool, and so of this queue.
        call->job = nullptr;
        lock.lock();
        std::erase(state.running, call);
        call->phase = Call::Phase::done;
        call->ended.notify_all();
        if (call->is_abandoned) state.report_hanging();
    }
}

Status CallQueue::run(Job job, Clock::time_point deadline) {
    const auto call = std::make_shared<Call>();
    call->job = std::move(job);
    // A wait on a deadline that has passed lets the mutex go for a moment, enough to start the job.
    if (Clock::now() >= deadline) return busy("the time to call the token is over");
    std::unique_lock lock{state_->mutex};
    if (const std::size_t hung = state_->overdue(Clock::now()); hung > 0) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("{} call(s) to the token do not return; no more are made meanwhile", hung),
            "E_TOKEN_HANGS");
    }
    const std::size_t room = state_->limits.workers + state_->limits.waiting;
    if (state_->waiting.size() + state_->running.size() >= room) {
        return busy("too many calls wait for the token");
    }
    state_->waiting.push_back(call);
    state_->report_depth();
    state_->has_work.notify_one();
    call->ended.wait_until(lock, deadline, [&call] { return call->phase == Call::Phase::done; });
    switch (call->phase) {
        case Call::Phase::done:
            return {};
        case Call::Phase::waiting:
            std::erase(state_->waiting, call);
            state_->report_depth();
            return busy("no thread of the token was free in time");
        case Call::Phase::running:
            call->is_abandoned = true;
            state_->report_hanging();
            return fail(
                ErrorCode::timed_out,
                "the token did not answer in time; what it may still do is thrown away",
                "E_TOKEN_TIMEOUT");
    }
    bug("unknown Phase");
}

std::size_t CallQueue::hanging() const {
    const std::lock_guard lock{state_->mutex};
    return state_->abandoned();
}

}  // namespace chela::signer::pkcs11
