#include "sidecar/flow/lane_driver.hpp"

#include "sidecar/edge/wait.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <iterator>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace chela::sidecar::flow {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kAllApproved = 100'000;
constexpr auto kIdle = std::chrono::steady_clock::time_point::max();
using Intents = std::vector<store::IntentRecord>;

/// What people have approved is taken up again; of the rest nothing was signed.
Status end_interrupted(store::Store& store, TimePoint now) {
    auto interrupted = store.received_intents();
    if (!interrupted) return std::unexpected{interrupted.error()};
    const auto approved = store.approved_intents(now, kAllApproved);
    if (!approved) return std::unexpected{approved.error()};
    for (auto& intent : *interrupted) {
        if (std::ranges::find(*approved, intent.id) != approved->end()) continue;
        intent.state = store::IntentState::failed;
        intent.error_code = "E_INTERRUPTED";
        intent.error_message =
            "chela stopped before this intent held a nonce; nothing was signed. Submit it again "
            "with a new Idempotency-Key.";
        intent.updated_at = now;
        if (auto done = store.finish_unreserved(intent); !done) return done;
    }
    return {};
}

Result<Intents> take_over(store::Store& store, TimePoint now) {
    if (auto ended = end_interrupted(store, now); !ended) return std::unexpected{ended.error()};
    auto open = store.open_intents();
    if (!open) return open;
    for (const auto& intent : *open) {
        if (auto owned = store.own_lane({intent.chain_id, intent.from}); !owned)
            return std::unexpected{owned.error()};
    }
    return open;
}

}  // namespace

LaneDriver::LaneDriver(asio::any_io_executor executor, Services& services, DriverOptions options)
    : executor_{std::move(executor)},
      services_{services},
      options_{options} {}

asio::awaitable<Status> LaneDriver::recover(Deadline deadline) {
    const auto open = co_await services_.on_store<Intents>(
        deadline,
        [&store = services_.store, now = services_.clock.now()] { return take_over(store, now); });
    if (!open) co_return std::unexpected{open.error()};
    log::event(
        log::Level::info, "recovery", {{"open_intents", static_cast<std::int64_t>(open->size())}});
    for (const auto& intent : *open) {
        recovering_.insert({intent.chain_id.value, intent.from});
        wake({intent.chain_id, intent.from});
    }
    co_return Status{};
}

asio::awaitable<Result<store::IntentRecord>> LaneDriver::settle(
    std::string intent_id, policy::Lane lane, Deadline deadline) {
    const auto until = is_draining_ ? std::chrono::steady_clock::now() : deadline;
    const auto timer = std::make_shared<asio::steady_timer>(executor_, until);
    const LaneKey key{lane.chain.value, lane.address};
    const auto running = lanes_.find(key);
    const auto since = running == lanes_.end() ? 0 : running->second->rounds;
    const auto entry = waiting_.emplace(intent_id, Waiting{key, since, timer});
    wake(lane);
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    waiting_.erase(entry);
    co_return co_await services_.on_store<store::IntentRecord>(
        std::chrono::steady_clock::now() + options_.step_timeout,
        [&store = services_.store, intent_id] { return store.intent(intent_id); });
}

void LaneDriver::notify(const std::string& intent_id) {
    const auto [first, last] = waiting_.equal_range(intent_id);
    std::for_each(first, last, [](const auto& entry) { entry.second.timer->cancel(); });
}

void LaneDriver::notify_ended(const LaneKey& key, const Running& lane) {
    for (const auto& [id, waiting] : waiting_) {
        if (waiting.lane == key && waiting.since < lane.rounds && !lane.worker.is_open(id))
            waiting.timer->cancel();
    }
}

void LaneDriver::wake(const policy::Lane& lane) {
    if (stopping_) return;
    auto& running = lanes_[{lane.chain.value, lane.address}];
    if (!running) {
        running = std::make_shared<Running>(Running{
            .worker =
                LaneWorker{
                    services_, options_, lane, [this](const std::string& id) { notify(id); }},
            .alarm = asio::steady_timer{executor_, kIdle}});
        ++running_;
        asio::co_spawn(executor_, run(this, running), asio::detached);
        return;
    }
    running->woken = true;
    running->alarm.cancel();
}

void LaneDriver::wake_later(const policy::Lane& lane) {
    asio::post(executor_, [this, lane] { wake(lane); });
}

void LaneDriver::wake_chain(ChainId chain) {
    for (const auto& [key, running] : lanes_) {
        if (key.first != chain.value || running->is_idle) continue;
        running->woken = true;
        running->alarm.cancel();
    }
}

void LaneDriver::wake_all() {
    for (const auto& [key, running] : lanes_) {
        running->woken = true;
        running->alarm.cancel();
    }
}

asio::awaitable<void> LaneDriver::run(LaneDriver* self, std::shared_ptr<Running> lane) {
    using Outcome = LaneWorker::Outcome;
    const LaneKey key{lane->worker.lane().chain.value, lane->worker.lane().address};
    while (!self->stopping_) {
        lane->woken = false;
        ++lane->rounds;
        const auto outcome = co_await lane->worker.round();
        if (outcome != Outcome::failed) self->notify_ended(key, *lane);
        self->recovering_.erase(key);
        lane->is_idle = outcome == Outcome::idle;
        if (outcome == Outcome::again) lane->woken = true;
        if (lane->woken || self->stopping_) continue;
        lane->alarm.expires_at(
            outcome == Outcome::idle
                ? kIdle
                : std::chrono::steady_clock::now() + self->options_.poll_interval);
        co_await lane->alarm.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    --self->running_;
}

void LaneDriver::release_waiters() {
    is_draining_ = true;
    for (const auto& [id, waiting] : waiting_)
        waiting.timer->cancel();
}

asio::awaitable<void> LaneDriver::stop() {
    stopping_ = true;
    for (const auto& [key, running] : lanes_) {
        running->worker.stop();
        running->alarm.cancel();
    }
    co_await wait_while([this] { return running_ > 0; });
}

}  // namespace chela::sidecar::flow
