#include "sidecar/hooks/worker.hpp"

#include "sidecar/edge/entropy.hpp"
#include "sidecar/hooks/backoff.hpp"
#include "sidecar/hooks/event_type.hpp"
#include "sidecar/hooks/failure.hpp"
#include "sidecar/telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::hooks {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLimit{30};
constexpr std::chrono::seconds kPoll{1};
constexpr std::size_t kBatch = 100;
// Events that nobody wants move the durable cursor only now and then.
constexpr std::int64_t kSkippedAtOnce = 100;

}  // namespace

Worker::Worker(
    asio::any_io_executor executor,
    const Parts& parts,
    const EventWatch& watch,
    std::shared_ptr<const Road> road,
    std::string webhook_id)
    : executor_{std::move(executor)},
      parts_{parts},
      road_{std::move(road)},
      id_{std::move(webhook_id)},
      watch_{watch},
      waiter_{watch},
      pause_{executor_} {}

template <class Job>
auto Worker::on_store(Job job) -> asio::awaitable<decltype(job())> {
    return run_blocking<typename decltype(job())::value_type>(
        parts_.store_pool, std::chrono::steady_clock::now() + kLimit, std::move(job));
}

void Worker::start() {
    is_running_ = true;
    asio::co_spawn(executor_, run(shared_from_this()), asio::detached);
}

void Worker::stop() {
    stopping_ = true;
    pause_.cancel();
    waiter_.cancel();
    if (pending_) pending_->close();
}

asio::awaitable<void> Worker::run(Self self) {
    while (!self->stopping_)
        co_await self->step();
    self->is_running_ = false;
}

asio::awaitable<Result<store::WebhookRecord>> Worker::read_webhook() {
    auto webhook =
        co_await on_store([&store = parts_.store, id = id_] { return store.webhook(id); });
    const bool is_gone = !webhook && webhook.error().code == ErrorCode::not_found;
    const bool is_off = webhook && (!webhook->is_active || !webhook->paused_reason.empty());
    if (!is_gone && !is_off) co_return webhook;
    stopping_ = true;
    co_return fail(ErrorCode::conflict, "the webhook is not at work");
}

asio::awaitable<void> Worker::step() {
    const auto webhook = co_await read_webhook();
    if (!webhook) {
        co_await rest_after(webhook.error());
        co_return;
    }
    const TimePoint now = parts_.clock.now();
    // Not for longer than any pause is: the clock may have been moved back since.
    const TimePoint next = std::min(webhook->next_try_at.value_or(now), now + kMaxDelay);
    if (next > now) {
        // In short steps: the wall clock may be set, and the webhook changed.
        co_await rest(std::min<std::chrono::milliseconds>(next - now, kPoll));
        co_return;
    }
    const std::int64_t known = watch_.newest();
    const auto event = co_await next_event(*webhook);
    if (!event) {
        co_await rest_after(event.error());
    } else if (event->empty()) {
        co_await waiter_.wait(known, Deadline::max());
    } else {
        co_await deliver_if_still_wanted(event->front());
    }
}

asio::awaitable<void> Worker::deliver_if_still_wanted(store::EventRecord event) {
    // Once more, behind the event: whoever was switched off before it gets nothing of it.
    const auto webhook = co_await read_webhook();
    if (!webhook) {
        co_await rest_after(webhook.error());
    } else if (is_wanted(webhook->events, event.type)) {
        co_await deliver_event(*webhook, event);
    }
}

asio::awaitable<Result<std::vector<store::EventRecord>>> Worker::next_event(
    store::WebhookRecord webhook) {
    std::vector<store::EventRecord> found;
    position_ = std::max(position_, webhook.cursor);
    while (!stopping_) {
        const std::int64_t known = watch_.newest();
        const auto events = co_await on_store(
            [&store = parts_.store, after = position_, agent = webhook.agent_id.value_or("")] {
                return store.events_after(after, kBatch, agent);
            });
        if (!events) co_return std::unexpected{events.error()};
        for (const auto& event : *events) {
            if (is_wanted(webhook.events, event.type)) {
                found.push_back(event);
                co_return found;
            }
            position_ = event.sequence;
        }
        const bool is_end = events->size() < kBatch;
        // What was known before the question is in the answer, or is another agent's.
        const auto passed = co_await pass(webhook, is_end ? std::max(position_, known) : position_);
        if (!passed) co_return std::unexpected{passed.error()};
        if (is_end) break;
    }
    co_return found;
}

asio::awaitable<Status> Worker::pass(store::WebhookRecord webhook, std::int64_t sequence) {
    position_ = sequence;
    if (sequence - webhook.cursor < kSkippedAtOnce) co_return Status{};
    co_return co_await on_store(
        [&store = parts_.store, id = id_, sequence] { return store.skip_events(id, sequence); });
}

asio::awaitable<void> Worker::send(
    std::shared_ptr<Once> once,
    Road road,
    store::WebhookRecord webhook,
    Parcel parcel,
    TimePoint now) {
    auto attempt = co_await deliver(road, webhook, parcel, random_uuid(), now);
    once->try_send(boost::system::error_code{}, std::make_shared<Attempt>(std::move(attempt)));
}

asio::awaitable<void> Worker::deliver_event(
    store::WebhookRecord webhook, store::EventRecord event) {
    // Apart from this coroutine, so that stop() need not wait for the receiver.
    pending_ = std::make_shared<Once>(executor_, 1);
    asio::co_spawn(
        executor_, send(pending_, *road_, webhook, parcel_of(event), parts_.clock.now()),
        asio::detached);
    const auto [closed, attempt] =
        co_await pending_->async_receive(asio::as_tuple(asio::use_awaitable));
    pending_.reset();
    if (closed || !attempt) co_return;
    const auto noted = co_await note(webhook, *attempt);
    // Not noted, it is delivered once more.
    if (!noted) co_await rest_after(noted.error());
}

asio::awaitable<Status> Worker::note(store::WebhookRecord webhook, Attempt attempt) {
    if (attempt.is_delivered()) {
        const auto noted =
            co_await on_store([&store = parts_.store, id = id_, record = attempt.record] {
                return store.note_delivered(id, record);
            });
        if (noted) position_ = attempt.record.sequence;
        parts_.metrics->webhook_attempted("delivered");
        co_return noted;
    }
    const auto failure = failure_of(webhook, attempt, parts_.random(), parts_.clock.now());
    const std::string outcome{outcome_of(failure)};
    parts_.metrics->webhook_attempted(outcome);
    log::event(
        log::Level::warn, "webhook_" + outcome,
        {{"webhook_id", id_},
         {"sequence", attempt.record.sequence},
         {"failures", webhook.failures + 1},
         {"error", attempt.record.error}});
    co_return co_await on_store([&store = parts_.store, id = id_, url = webhook.url,
                                 record = attempt.record,
                                 failure] { return store.note_failed(id, url, record, failure); });
}

asio::awaitable<void> Worker::rest(std::chrono::milliseconds time) {
    if (stopping_) co_return;
    pause_.expires_after(time);
    co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> Worker::rest_after(Error error) {
    if (stopping_) co_return;
    log::event(
        log::Level::error, "webhook_store_failed", {{"webhook_id", id_}, {"error", error.detail}});
    co_await rest(kPoll);
}

}  // namespace chela::sidecar::hooks
