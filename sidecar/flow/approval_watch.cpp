#include "sidecar/flow/approval_watch.hpp"

#include "sidecar/edge/wait.hpp"
#include "sidecar/flow/ending.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::flow {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostAtOnce = 64;
// Longer than any signer takes, and than anybody waits who asks again under the same key.
constexpr std::chrono::hours kForgotten{1};

/// A message whose signing was cut short holds a budget until somebody asks for it again. Nobody
/// did; and what may have been signed nobody has seen. Blocking.
Status release_forgotten(store::Store& store, TimePoint now) {
    const auto unsigned_ones = store.unsigned_messages();
    if (!unsigned_ones) return std::unexpected{unsigned_ones.error()};
    for (const auto& intent : *unsigned_ones) {
        if (now - intent.updated_at < kForgotten) continue;
        auto released = store.release_unsigned(
            intent.id, "E_INTERRUPTED", "its signing was cut short, and nobody asked for it again",
            now);
        // Somebody did just now, mostly; whatever it is, it is in nobody else's way.
        if (!released)
            log::event(
                log::Level::warn, "release_failed",
                {{"intent_id", intent.id}, {"code", reason_of(released.error())}});
    }
    return {};
}

}  // namespace

ApprovalWatch::ApprovalWatch(
    asio::any_io_executor executor,
    Services& services,
    Intents& intents,
    ApprovalWatchOptions options)
    : executor_{std::move(executor)},
      services_{services},
      intents_{intents},
      options_{options},
      alarm_{executor_} {}

void ApprovalWatch::start() {
    ++running_;
    asio::co_spawn(executor_, run(this), asio::detached);
}

void ApprovalWatch::wake() {
    alarm_.cancel();
}

asio::awaitable<void> ApprovalWatch::run(ApprovalWatch* self) {
    while (!self->stopping_) {
        co_await self->look();
        if (self->stopping_) break;
        self->alarm_.expires_after(self->options_.interval);
        co_await self->alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    --self->running_;
}

asio::awaitable<void> ApprovalWatch::look() {
    const auto deadline = std::chrono::steady_clock::now() + options_.release_timeout;
    const TimePoint now = services_.clock.now();
    const auto ready = co_await services_.on_store<std::vector<std::string>>(
        deadline,
        [&store = services_.store, votes = votes_, now]() -> Result<std::vector<std::string>> {
            const auto lapsed = store.expire_approvals(now);
            if (!lapsed) return std::unexpected{lapsed.error()};
            for (const auto& approval : *lapsed)
                log_denied(approval.intent_id, "E_APPROVAL_EXPIRED");
            if (auto told = votes->catch_up(store); !told) return std::unexpected{told.error()};
            if (const auto settled = store.settle_lapsed_signatures(now); !settled)
                return std::unexpected{settled.error()};
            if (auto released = release_forgotten(store, now); !released)
                return std::unexpected{released.error()};
            return store.approved_intents(now, kMostAtOnce);
        });
    if (!ready) {
        log::event(log::Level::error, "approvals_failed", {{"error", ready.error().detail}});
        co_return;
    }
    for (const auto& intent_id : *ready) {
        if (!releasing_.insert(intent_id).second) continue;
        ++running_;
        asio::co_spawn(executor_, release(this, intent_id), asio::detached);
    }
}

asio::awaitable<void> ApprovalWatch::release(ApprovalWatch* self, std::string intent_id) {
    const auto deadline = std::chrono::steady_clock::now() + self->options_.release_timeout;
    const auto done = co_await self->intents_.release(intent_id, deadline);
    if (!done) {
        log::event(
            log::Level::warn, "release_failed",
            {{"intent_id", intent_id}, {"code", reason_of(done.error())}});
    }
    self->releasing_.erase(intent_id);
    --self->running_;
}

asio::awaitable<void> ApprovalWatch::stop() {
    stopping_ = true;
    alarm_.cancel();
    co_await wait_while([this] { return running_ > 0; });
}

}  // namespace chela::sidecar::flow
