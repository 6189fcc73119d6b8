#include "sidecar/auth/issuer_keys.hpp"

#include "sidecar/auth/renewal.hpp"
#include "sidecar/edge/rethrow.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>

namespace chela::sidecar::auth {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kFetchLimit{10};

}  // namespace

IssuerKeys::IssuerKeys(asio::any_io_executor executor, Fetch fetch, Options options, Told told)
    : executor_{std::move(executor)},
      fetch_{std::move(fetch)},
      options_{std::move(options)},
      told_{std::move(told)},
      alarm_{executor_},
      fetched_at_{Now::min()},
      next_attempt_{Now::min()} {}

IssuerKeys::Now IssuerKeys::now() const {
    return options_.now ? options_.now() : std::chrono::steady_clock::now();
}

bool IssuerKeys::has_keys() const {
    return keys_ && now() - fetched_at_ <= options_.longest_use;
}

std::shared_ptr<const VerificationKey> IssuerKeys::known(const std::string& kid) const {
    if (!has_keys()) return nullptr;
    const auto found = keys_->find(kid);
    return found == keys_->end() ? nullptr : found->second;
}

std::unexpected<Error> IssuerKeys::not_known() const {
    if (has_keys())
        return fail(
            ErrorCode::unauthenticated,
            "The token was signed by a key that its issuer does not show.", "E_TOKEN_SIGNATURE");
    return fail(
        ErrorCode::unavailable,
        "The keys of the token's issuer could not be fetched; chela's log says why. Try again "
        "later.",
        "E_ISSUER_UNAVAILABLE");
}

asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> IssuerKeys::key(
    std::string kid, Deadline deadline) {
    if (auto found = known(kid)) co_return found;
    if (!is_under_way_ && now() < next_attempt_) co_return not_known();
    launch();
    co_await wait_for_flight(deadline);
    if (auto found = known(kid)) co_return found;
    if (is_under_way_)
        co_return fail(
            ErrorCode::timed_out, "The keys of the token's issuer did not come in time.",
            "E_ISSUER_UNAVAILABLE");
    co_return not_known();
}

asio::awaitable<void> IssuerKeys::wait_for_flight(Deadline deadline) {
    if (!is_under_way_) co_return;
    const auto timer = std::make_shared<asio::steady_timer>(executor_, deadline);
    waiters_.push_back(timer);
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
}

void IssuerKeys::launch() {
    if (is_under_way_) return;
    is_under_way_ = true;
    asio::co_spawn(
        executor_, ask(shared_from_this()),
        [self = shared_from_this()](const std::exception_ptr& thrown, Result<std::string> text) {
            rethrow(thrown);
            self->land(std::move(text));
        });
}

asio::awaitable<Result<std::string>> IssuerKeys::ask(std::shared_ptr<IssuerKeys> self) {
    co_return co_await self->fetch_(std::chrono::steady_clock::now() + kFetchLimit);
}

void IssuerKeys::land(Result<std::string> text) {
    is_under_way_ = false;
    auto keys = text ? parse_jwks(*text) : Result<Jwks>{std::unexpected{text.error()}};
    if (keys) {
        keys_ = *std::move(keys);
        fetched_at_ = now();
        next_attempt_ = now() + options_.least_pause;
        failures_ = 0;
        if (told_) told_(std::nullopt, keys_->size());
    } else {
        next_attempt_ = now() + backoff(++failures_);
        if (told_) told_(keys.error(), keys_ ? keys_->size() : 0);
    }
    for (const auto& waiter : std::exchange(waiters_, {}))
        waiter->cancel();
}

void IssuerKeys::start() {
    asio::co_spawn(executor_, run(shared_from_this()), rethrow);
}

asio::awaitable<void> IssuerKeys::run(std::shared_ptr<IssuerKeys> self) {
    while (!self->is_stopping_) {
        if (self->now() >= self->next_attempt_) self->launch();
        co_await self->wait_for_flight(Deadline::max());
        if (self->is_stopping_) break;
        const bool has_failed = self->failures_ > 0;
        self->alarm_.expires_at(
            std::chrono::steady_clock::now() +
            (has_failed ? backoff(self->failures_) : self->options_.refresh));
        co_await self->alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void IssuerKeys::stop() {
    is_stopping_ = true;
    alarm_.cancel();
    for (const auto& waiter : std::exchange(waiters_, {}))
        waiter->cancel();
}

}  // namespace chela::sidecar::auth
