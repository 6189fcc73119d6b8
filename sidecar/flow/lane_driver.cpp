#include "sidecar/flow/lane_driver.hpp"

#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <iterator>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::flow {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kAllApproved = 100'000;
constexpr auto kIdle = std::chrono::steady_clock::time_point::max();

bool is_settled(const store::IntentRecord& intent) {
    using enum store::IntentState;
    return intent.state == broadcast || intent.state == mined || intent.state == sign_only ||
           store::is_final(intent.state);
}

}  // namespace

LaneDriver::LaneDriver(asio::any_io_executor executor, Services& services, DriverOptions options)
    : executor_{std::move(executor)},
      services_{services},
      options_{options} {}

Deadline LaneDriver::step_deadline() const {
    return std::chrono::steady_clock::now() + options_.step_timeout;
}

asio::awaitable<Status> LaneDriver::recover(Deadline deadline) {
    const TimePoint now = services_.clock.now();
    auto open = co_await services_.on_store<Intents>(
        deadline, [&store = services_.store, now]() -> Result<Intents> {
            auto interrupted = store.received_intents();
            if (!interrupted) return std::unexpected{interrupted.error()};
            const auto approved = store.approved_intents(now, kAllApproved);
            if (!approved) return std::unexpected{approved.error()};
            for (auto& intent : *interrupted) {
                // What people have approved is taken up again.
                if (std::ranges::find(*approved, intent.id) != approved->end()) continue;
                intent.state = store::IntentState::failed;
                intent.error_code = "E_INTERRUPTED";
                intent.error_message =
                    "chela stopped before this intent held a nonce; nothing was signed. Submit it "
                    "again with a new "
                    "Idempotency-Key.";
                intent.updated_at = now;
                if (auto done = store.finish_unreserved(intent); !done)
                    return std::unexpected{done.error()};
            }
            return store.open_intents();
        });
    if (!open) co_return std::unexpected{open.error()};
    log::event(
        log::Level::info, "recovery", {{"open_intents", static_cast<std::int64_t>(open->size())}});
    for (const auto& intent : *open)
        wake({intent.chain_id, intent.from});
    co_return Status{};
}

asio::awaitable<Result<store::IntentRecord>> LaneDriver::settle(
    std::string intent_id, policy::Lane lane, Deadline deadline) {
    const auto until = is_draining_ ? std::chrono::steady_clock::now() : deadline;
    const auto timer = std::make_shared<asio::steady_timer>(executor_, until);
    const auto entry = waiting_.emplace(intent_id, timer);
    wake(lane);
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    waiting_.erase(entry);
    co_return co_await services_.on_store<store::IntentRecord>(
        step_deadline(), [&store = services_.store, intent_id] { return store.intent(intent_id); });
}

void LaneDriver::notify(const std::string& intent_id) {
    const auto [first, last] = waiting_.equal_range(intent_id);
    std::for_each(first, last, [](const auto& entry) { entry.second->cancel(); });
}

void LaneDriver::wake(const policy::Lane& lane) {
    if (stopping_) return;
    auto& worker = workers_[{lane.chain.value, lane.address}];
    if (!worker) {
        worker = std::make_shared<Worker>();
        worker->lane = lane;
        worker->alarm = std::make_shared<asio::steady_timer>(executor_, kIdle);
        worker->woken = true;
        ++running_;
        asio::co_spawn(executor_, run(this, worker), asio::detached);
        return;
    }
    worker->woken = true;
    worker->alarm->cancel();
}

asio::awaitable<void> LaneDriver::run(LaneDriver* self, std::shared_ptr<Worker> worker) {
    while (!self->stopping_) {
        const bool is_poll = !std::exchange(worker->woken, false);
        auto open = co_await self->open_intents(worker->lane);
        bool is_idle = false;
        if (!open) {
            log::event(log::Level::error, "lane_store_failed", {{"error", open.error().detail}});
        } else {
            is_idle = open->empty();
            if (!is_idle) co_await self->round(worker, std::move(*open), is_poll);
        }
        if (worker->woken || self->stopping_) continue;
        worker->alarm->expires_at(
            is_idle ? kIdle : std::chrono::steady_clock::now() + self->options_.poll_interval);
        co_await worker->alarm->async_wait(asio::as_tuple(asio::use_awaitable));
    }
    --self->running_;
}

asio::awaitable<Result<LaneDriver::Intents>> LaneDriver::open_intents(policy::Lane lane) {
    co_return co_await services_.on_store<Intents>(
        step_deadline(), [&store = services_.store, lane]() -> Result<Intents> {
            return store.open_intents_of(lane);
        });
}

asio::awaitable<void> LaneDriver::round(
    std::shared_ptr<Worker> worker, Intents open, bool is_poll) {
    std::erase_if(worker->last_sent, [&open](const auto& entry) {
        return std::ranges::find(open, entry.first, &store::IntentRecord::id) == open.end();
    });
    bool in_order = true;  // a nonce is sent only after all below it were
    bool was_signed = false;
    for (const auto& intent : open) {
        if (stopping_) co_return;
        const auto state = intent.state;
        if (state == store::IntentState::reserved) {
            const bool is_signed = co_await sign(intent);
            was_signed = was_signed || is_signed;
            // Its bytes go out with the next round, so nothing above it may go out in this one.
            in_order = in_order && is_signed && intent.sign_only;
            continue;
        }
        const auto sent = worker->last_sent.find(intent.id);
        const auto patience = state == store::IntentState::signed_ ? options_.resend_interval
                                                                   : options_.rebroadcast_interval;
        const bool is_stale = sent == worker->last_sent.end() ||
                              std::chrono::steady_clock::now() - sent->second > patience;
        const bool is_ours_to_send =
            !intent.sign_only;  // even after a reorg it is the caller who sends those
        const bool is_due =
            is_ours_to_send && is_stale &&
            (state == store::IntentState::signed_ || state == store::IntentState::broadcast);
        if (is_due && in_order) {
            in_order = co_await send(worker, intent);
        } else if (state == store::IntentState::signed_ && !in_order) {
            co_await note(
                intent, "E_WAITS_IN_LANE",
                "signed and stored; it goes out once the transactions of this address with lower "
                "nonces have");
        } else if (state == store::IntentState::signed_) {
            in_order = false;
        }
        if (is_settled(intent)) notify(intent.id);
    }
    if (is_poll || std::ranges::all_of(open, is_settled)) co_await track(worker->lane, open);
    // What was just signed goes out at once, not with the next poll.
    if (was_signed) worker->woken = true;
}

asio::awaitable<void> LaneDriver::note(
    store::IntentRecord intent, std::string code, std::string message) {
    const std::string intent_id = intent.id;
    if (intent.error_code == code && intent.error_message == message) {
        notify(intent_id);  // known already: no write and no line with every poll
        co_return;
    }
    const TimePoint now = services_.clock.now();
    log::event(
        log::Level::warn, "intent_problem",
        {{"intent_id", intent_id}, {"code", code}, {"message", message}});
    const auto noted = co_await services_.on_store<bool>(
        step_deadline(),
        [&store = services_.store, intent_id, code, message, now]() -> Result<bool> {
            if (auto ok = store.note_problem(intent_id, code, message, now); !ok)
                return std::unexpected{ok.error()};
            return true;
        });
    if (!noted)
        log::event(log::Level::error, "lane_store_failed", {{"error", noted.error().detail}});
    notify(intent_id);
}

void LaneDriver::release_waiters() {
    is_draining_ = true;
    for (const auto& [id, timer] : waiting_)
        timer->cancel();
}

asio::awaitable<void> LaneDriver::stop() {
    stopping_ = true;
    for (const auto& [key, worker] : workers_)
        worker->alarm->cancel();
    asio::steady_timer pause{executor_};
    while (running_ > 0) {
        pause.expires_after(std::chrono::milliseconds{5});
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace chela::sidecar::flow
