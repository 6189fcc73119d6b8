#include "sidecar/app/policy_watch.hpp"

#include "sidecar/edge/wait.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLimit{30};

/// Nothing is wrong with the files: the next look tries again.
bool is_passing(const Error& error) {
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::timed_out;
}

}  // namespace

PolicyWatch::PolicyWatch(
    asio::any_io_executor executor, PolicyWatchParts parts, config::PolicyConfig config)
    : executor_{std::move(executor)},
      parts_{std::move(parts)},
      config_{std::move(config)},
      alarm_{executor_} {}

void PolicyWatch::start() {
    is_running_ = true;
    asio::co_spawn(executor_, run(this), asio::detached);
}

asio::awaitable<void> PolicyWatch::run(PolicyWatch* self) {
    while (!self->stopping_) {
        co_await self->look();
        if (self->stopping_) break;
        self->alarm_.expires_after(self->config_.watch_interval);
        co_await self->alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    self->is_running_ = false;
}

asio::awaitable<void> PolicyWatch::look() {
    const auto config = config_;
    auto stamps = stamps_of(config.files);
    if (!files_.look(stamps)) co_return;
    const auto done = co_await bring_in(config);
    if (done || !is_passing(done.error())) files_.settle(std::move(stamps));
}

asio::awaitable<Status> PolicyWatch::bring_in(config::PolicyConfig config) {
    const TimePoint now = parts_.clock.now();
    const auto update = co_await run_blocking<PolicyUpdate>(
        parts_.store_pool, std::chrono::steady_clock::now() + kLimit,
        [&store = parts_.store, config, now] { return apply_policy_files(store, config, now); });
    if (!update) {
        note_refusal(update.error());
        co_return std::unexpected{update.error()};
    }
    log_update(*update);
    if (!update->activated.empty() || update->organization_changed)
        parts_.metrics->policies_reloaded();
    co_return Status{};
}

void PolicyWatch::note_refusal(const Error& error) const {
    parts_.metrics->policy_reload_refused();
    log::event(
        log::Level::error, "policy_reload_refused",
        {{"code", error.reason.empty() ? std::string{to_string(error.code)} : error.reason},
         {"detail", error.detail}});
}

asio::awaitable<Status> PolicyWatch::reload(config::PolicyConfig config) {
    auto stamps = stamps_of(config.files);
    const auto done = co_await bring_in(config);
    if (!done) co_return done;
    config_ = std::move(config);
    files_.settle(std::move(stamps));
    alarm_.cancel();
    co_return Status{};
}

asio::awaitable<void> PolicyWatch::stop() {
    stopping_ = true;
    alarm_.cancel();
    co_await wait_while([this] { return is_running_; });
}

}  // namespace chela::sidecar::app
