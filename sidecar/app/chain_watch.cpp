#include "sidecar/app/chain_watch.hpp"

#include "sidecar/app/simulators.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLimit{10};

void note_refusal(const Error& error) {
    log::event(
        log::Level::error, "chains_refused",
        {{"code", reason_of(error)}, {"detail", error.detail}});
}

}  // namespace

ChainWatch::ChainWatch(
    asio::any_io_executor executor,
    flow::Services& services,
    config::Config config,
    Options options)
    : executor_{std::move(executor)},
      services_{services},
      config_{std::move(config)},
      options_{std::move(options)},
      since_{services_.clock.now()},
      alarm_{executor_} {}

Status ChainWatch::load() {
    auto found = services_.store.chains();
    if (!found) return std::unexpected{found.error()};
    return use(std::move(*found));
}

void ChainWatch::start() {
    is_running_ = true;
    asio::co_spawn(executor_, run(this), asio::detached);
}

asio::awaitable<void> ChainWatch::run(ChainWatch* self) {
    while (!self->stopping_) {
        // What went wrong is in the log; the next look tries again.
        static_cast<void>(co_await self->take_up());
        if (self->stopping_) break;
        self->alarm_.expires_after(self->options_.interval);
        co_await self->alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    self->is_running_ = false;
}

asio::awaitable<Result<StoredChains>> ChainWatch::stored() {
    co_return co_await services_.on_store<StoredChains>(
        std::chrono::steady_clock::now() + kLimit,
        [&store = services_.store] { return store.chains(); });
}

Result<std::shared_ptr<const flow::ChainSet>> ChainWatch::made(const StoredChains& stored) const {
    return make_chain_set(config_, stored, since_, executor_, services_.metrics);
}

Status ChainWatch::use(StoredChains stored) {
    auto set = made(stored);
    const auto hidden = stored.size() - beside(config_, stored).size();
    seen_ = std::move(stored);
    if (!set) return std::unexpected{set.error()};
    services_.chains = std::move(*set);
    probe_simulators(*services_.chains, executor_);
    log::event(
        hidden == 0 ? log::Level::info : log::Level::warn, "chains",
        {{"configured", config_.chains.size()},
         {"stored", seen_->size()},
         {"hidden_by_configuration", hidden}});
    if (options_.on_change) options_.on_change(config_, *seen_);
    return {};
}

asio::awaitable<Status> ChainWatch::take_up() {
    const auto question = ++asked_;
    auto found = co_await stored();
    if (!found) {
        note_refusal(found.error());
        co_return std::unexpected{found.error()};
    }
    // A later question may have been answered first; what it heard is newer.
    if (question < answered_) co_return Status{};
    answered_ = question;
    if (seen_ == *found) co_return Status{};
    auto used = use(std::move(*found));
    if (!used) note_refusal(used.error());
    co_return used;
}

asio::awaitable<Result<ChainWatch::Prepared>> ChainWatch::prepare(config::Config config) {
    auto found = co_await stored();
    if (!found) co_return std::unexpected{found.error()};
    auto set = make_chain_set(config, *found, services_.clock.now(), executor_, services_.metrics);
    if (!set) co_return std::unexpected{set.error()};
    co_return Prepared{std::move(config), std::move(*found), std::move(*set)};
}

void ChainWatch::adopt(Prepared prepared) {
    config_ = std::move(prepared.config);
    since_ = services_.clock.now();
    seen_ = std::move(prepared.stored);
    services_.chains = std::move(prepared.set);
    if (options_.on_change) options_.on_change(config_, *seen_);
    probe_simulators(*services_.chains, executor_);
    alarm_.cancel();  // what changed since prepare() is taken up at once
}

asio::awaitable<void> ChainWatch::stop() {
    stopping_ = true;
    alarm_.cancel();
    co_await wait_while([this] { return is_running_; });
}

}  // namespace chela::sidecar::app
