#include "sidecar/auth/credential.hpp"

#include "sidecar/auth/file_stamp.hpp"
#include "sidecar/auth/held_token.hpp"
#include "sidecar/auth/renewal.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/rethrow.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include <boost/asio/co_spawn.hpp>

namespace chela::sidecar::auth {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds kExchangeLimit{30};
// Clocks are set and machines sleep: no timer is trusted for longer.
constexpr std::chrono::seconds kLongestWait{15};
// An authority that is merely away may be back soon; a refusal will not get better by itself.
constexpr std::chrono::seconds kLongestTransientPause{15};

double random_jitter() {
    const Bytes bytes = random_bytes(2);
    return (bytes[0] * 256.0 + bytes[1]) / 65'535.0;
}

/// One exchange and all who wait for it.
struct Flight {
    bool done{};
    std::optional<Error> error;
    std::vector<std::shared_ptr<asio::steady_timer>> waiters;
};

struct Failure {
    Error error;
    unsigned attempts{};
    TimePoint at;
    FileStamp key_file;
};

milliseconds pause_after(const Failure& failure) {
    const milliseconds pause = backoff(failure.attempts);
    if (failure.error.code == ErrorCode::unauthenticated) return pause;
    return std::min<milliseconds>(pause, kLongestTransientPause);
}

}  // namespace

struct Credential::State : std::enable_shared_from_this<State> {
    using Answer = Result<AccessToken>;

    [[nodiscard]] Moment now() const {
        return {
            clock->now(),
            options.monotonic ? options.monotonic() : std::chrono::steady_clock::now()};
    }

    /// @return nullptr: there is none, or it has ended
    [[nodiscard]] const HeldToken* usable_token() const {
        return held && held->is_usable(now()) ? &*held : nullptr;
    }

    /// How long no exchange may begin yet; a changed key file ends the wait.
    [[nodiscard]] milliseconds pause_left() const {
        if (!failure) return milliseconds{0};
        const milliseconds elapsed = clock->now() - failure->at;
        const milliseconds pause = pause_after(*failure);
        // A clock that was set back must not prolong the pause.
        if (elapsed < milliseconds{0} || elapsed >= pause) return milliseconds{0};
        if (stamp_of(options.api_key_file) != failure->key_file) return milliseconds{0};
        return pause - elapsed;
    }

    [[nodiscard]] bool is_renewal_due(const HeldToken& token) const {
        return clock->now() >= token.renewal();
    }

    /// Until the background has something to do.
    [[nodiscard]] milliseconds idle_time() const {
        const auto* const current = usable_token();
        if (current != nullptr && !is_renewal_due(*current))
            return current->renewal() - clock->now();
        return pause_left();
    }

    /// The exchange under way, or a new one.
    std::shared_ptr<Flight> launch() {
        if (flight) return flight;
        auto mine = std::make_shared<Flight>();
        flight = mine;
        const bool renews = usable_token() != nullptr;
        const FileStamp stamp = stamp_of(options.api_key_file);
        asio::co_spawn(
            executor, ask(shared_from_this()),
            [self = shared_from_this(), mine, renews, stamp](
                const std::exception_ptr& thrown, Answer answer) {
                if (thrown)
                    answer = fail(ErrorCode::internal, "the exchange threw: " + what_of(thrown));
                self->land(*mine, renews, stamp, std::move(answer));
            });
        return mine;
    }

    static asio::awaitable<Answer> ask(std::shared_ptr<State> self) {
        auto key = signer::read_secret_file(self->options.api_key_file);
        if (!key) co_return std::unexpected{key.error()};
        log::redact(key->reveal());  // it may be another one than at the start
        const auto shared = std::make_shared<const signer::Secret>(std::move(*key));
        const Deadline deadline = std::chrono::steady_clock::now() + kExchangeLimit;
        co_return co_await self->authority->exchange(self->options.agent_id, shared, deadline);
    }

    void land(Flight& landed, bool renews, const FileStamp& stamp, Answer answer) {
        std::optional<HeldToken> fresh;
        if (answer) {
            fresh.emplace(std::move(*answer), now(), random_jitter());
            if (!fresh->is_usable(now())) {
                answer = fail(
                    ErrorCode::bad_response,
                    "the authority's token has expired on arrival; compare the clocks",
                    "E_CLOCK_SKEW");
            }
        }
        if (answer) {
            held = std::move(fresh);
            failure.reset();
        } else {
            const unsigned attempts = failure ? failure->attempts + 1 : 1;
            failure = Failure{answer.error(), attempts, clock->now(), stamp};
            landed.error = answer.error();
        }
        landed.done = true;
        flight.reset();
        for (const auto& waiter : landed.waiters)
            waiter->cancel();
        report(renews && !landed.error, landed.error);
    }

    void report(bool renewed, const std::optional<Error>& error) const {
        if (!on_event) return;
        on_event(Event{
            .identity = options.identity,
            .renewed = renewed,
            .error = error,
            .expires_at = held ? held->access().expires_at : TimePoint{}});
    }

    static asio::awaitable<void> wait_for(
        std::shared_ptr<State> self, std::shared_ptr<Flight> awaited, Deadline deadline) {
        const auto timer = std::make_shared<asio::steady_timer>(self->executor, deadline);
        awaited->waiters.push_back(timer);
        while (!awaited->done && std::chrono::steady_clock::now() < deadline) {
            co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    static asio::awaitable<Result<std::string>> token(
        std::shared_ptr<State> self, Deadline deadline) {
        if (const auto* const current = self->usable_token()) {
            std::string text = current->access().token;
            const bool may_ask = self->pause_left() == milliseconds{0};
            if (may_ask && self->is_renewal_due(*current)) self->launch();
            co_return text;
        }
        const auto& failure = self->failure;
        if (!self->flight && failure && self->pause_left() > milliseconds{0})
            co_return std::unexpected{failure->error};
        const auto awaited = self->launch();
        co_await wait_for(self, awaited, deadline);
        if (!awaited->done) co_return fail(ErrorCode::timed_out, "no token in time");
        const auto& error = awaited->error;
        if (error) co_return std::unexpected{*error};
        const auto* const current = self->usable_token();
        if (current == nullptr)
            co_return fail(ErrorCode::unavailable, "the new token ended before it was used");
        co_return current->access().token;
    }

    static asio::awaitable<void> renew_until_stopped(
        std::shared_ptr<State> self, std::shared_ptr<asio::steady_timer> timer) {
        while (self->background == timer) {
            const milliseconds idle = self->idle_time();
            if (idle <= milliseconds{0}) {
                const auto awaited = self->launch();
                co_await wait_for(self, awaited, Deadline::max());
                continue;
            }
            timer->expires_after(std::min<milliseconds>(idle, kLongestWait));
            co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    void stop() {
        if (background) background->cancel();
        background.reset();
    }

    asio::any_io_executor executor;
    std::shared_ptr<Authority> authority;
    std::shared_ptr<const Clock> clock;
    Options options;
    std::function<void(const Event&)> on_event;
    std::optional<HeldToken> held;
    std::optional<Failure> failure;
    std::shared_ptr<Flight> flight;
    std::shared_ptr<asio::steady_timer> background;  // of the running background loop
};

Credential::Credential(
    asio::any_io_executor executor,
    std::shared_ptr<Authority> authority,
    std::shared_ptr<const Clock> clock,
    Options options,
    std::function<void(const Event&)> on_event)
    : state_{std::make_shared<State>()} {
    state_->executor = std::move(executor);
    state_->authority = std::move(authority);
    state_->clock = std::move(clock);
    state_->options = std::move(options);
    state_->on_event = std::move(on_event);
}

// NOLINTNEXTLINE(bugprone-exception-escape): cancelling a timer throws only if memory ran out
Credential::~Credential() {
    state_->stop();
}

asio::awaitable<Result<std::string>> Credential::token(Deadline deadline) {
    return State::token(state_, deadline);
}

void Credential::invalidate(const std::string& rejected) {
    auto& held = state_->held;
    if (held && held->access().token == rejected) held.reset();
}

Credential::View Credential::view() const {
    View out;
    if (const auto* const current = state_->usable_token())
        out.expires_at = current->access().expires_at;
    const auto& failure = state_->failure;
    out.is_refused = failure && failure->error.code == ErrorCode::unauthenticated;
    return out;
}

void Credential::start() {
    stop();
    state_->background = std::make_shared<asio::steady_timer>(state_->executor);
    asio::co_spawn(
        state_->executor, State::renew_until_stopped(state_, state_->background), rethrow);
}

void Credential::stop() {
    state_->stop();
}

}  // namespace chela::sidecar::auth
