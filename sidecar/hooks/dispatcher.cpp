#include "sidecar/hooks/dispatcher.hpp"

#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::hooks {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLimit{30};
constexpr std::size_t kPrunedAtOnce = 1'000;

Deadline soon() {
    return std::chrono::steady_clock::now() + kLimit;
}

bool is_at_work(const store::WebhookRecord& webhook) {
    return webhook.is_active && webhook.paused_reason.empty();
}

}  // namespace

Dispatcher::Dispatcher(
    asio::any_io_executor executor,
    Parts parts,
    const EventWatch& watch,
    Road road,
    DispatcherOptions options)
    : executor_{std::move(executor)},
      parts_{std::move(parts)},
      watch_{watch},
      road_{std::make_shared<const Road>(std::move(road))},
      options_{options},
      alarm_{executor_} {}

void Dispatcher::start() {
    is_running_ = true;
    asio::co_spawn(executor_, run(this), asio::detached);
}

void Dispatcher::use(PrivateTargets private_targets) {
    Road road = *road_;
    road.private_targets = private_targets;
    road_ = std::make_shared<const Road>(std::move(road));
    for (const auto& [id, worker] : workers_)
        worker->use(road_);
}

asio::awaitable<void> Dispatcher::run(Dispatcher* self) {
    while (!self->stopping_) {
        co_await self->look();
        if (!self->stopping_) co_await self->prune();
        if (self->stopping_) break;
        self->alarm_.expires_after(self->options_.poll);
        co_await self->alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    self->is_running_ = false;
}

asio::awaitable<void> Dispatcher::look() {
    const auto webhooks = co_await run_blocking<std::vector<store::WebhookRecord>>(
        parts_.store_pool, soon(), [&store = parts_.store] { return store.webhooks(); });
    if (!webhooks) {
        log::event(log::Level::error, "webhooks_unreadable", {{"error", webhooks.error().detail}});
        co_return;
    }
    if (stopping_) co_return;
    arrange(*webhooks);
    report_backlog();
}

void Dispatcher::arrange(const std::vector<store::WebhookRecord>& webhooks) {
    std::set<std::string> wanted;
    for (const auto& webhook : webhooks)
        if (is_at_work(webhook)) wanted.insert(webhook.id);
    for (const auto& [id, worker] : workers_)
        if (!wanted.contains(id)) worker->stop();
    // One that still ends keeps its place: a webhook never has two.
    std::erase_if(workers_, [](const auto& entry) { return !entry.second->is_running(); });
    for (const auto& id : wanted) {
        if (workers_.contains(id)) continue;
        const auto worker = std::make_shared<Worker>(executor_, parts_, watch_, road_, id);
        workers_.emplace(id, worker);
        worker->start();
    }
}

void Dispatcher::report_backlog() const {
    std::int64_t most = 0;
    for (const auto& [id, worker] : workers_)
        most = std::max(most, watch_.newest() - worker->position());
    parts_.metrics->set_webhook_backlog(static_cast<std::size_t>(most));
}

asio::awaitable<void> Dispatcher::prune() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_prune_) co_return;
    const auto pruned = co_await run_blocking<std::size_t>(
        parts_.store_pool, soon(),
        [&store = parts_.store, before = parts_.clock.now() - options_.keep_events] {
            return store.prune_events(before, kPrunedAtOnce);
        });
    // More of them are left when this was as many as are taken at once.
    const bool has_more = pruned && *pruned == kPrunedAtOnce;
    if (!has_more) next_prune_ = now + options_.prune_interval;
}

bool Dispatcher::is_busy() const {
    const auto is_running = [](const auto& entry) { return entry.second->is_running(); };
    return is_running_ || std::ranges::any_of(workers_, is_running);
}

asio::awaitable<void> Dispatcher::stop() {
    stopping_ = true;
    alarm_.cancel();
    for (const auto& [id, worker] : workers_)
        worker->stop();
    co_await wait_while([this] { return is_busy(); });
}

asio::awaitable<Result<store::DeliveryRecord>> send_test(
    Parts parts, Road road, store::WebhookRecord webhook) {
    const std::string delivery_id = random_uuid();
    const TimePoint now = parts.clock.now();
    const auto attempt =
        co_await deliver(road, webhook, test_parcel(webhook, delivery_id, now), delivery_id, now);
    parts.metrics->webhook_attempted("test");
    co_return co_await run_blocking<store::DeliveryRecord>(
        parts.store_pool, soon(),
        [&store = parts.store, id = webhook.id,
         record = attempt.record]() -> Result<store::DeliveryRecord> {
            if (auto ok = store.note_test(id, record); !ok) return std::unexpected{ok.error()};
            return record;
        });
}

}  // namespace chela::sidecar::hooks
