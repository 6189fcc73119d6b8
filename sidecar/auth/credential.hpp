#pragma once

#include "sidecar/auth/authority.hpp"
#include "sidecar/edge/clock.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::auth {

/// One identity's credential: reads the API key file, exchanges it for a JWT at the authority,
/// caches the JWT and renews it ahead of expiry (at 75 % of its life, less up to 10 % jitter). Any
/// number of waiting requests share one exchange; the old token serves until it really expires;
/// after a refusal (unauthenticated) the next attempt waits with back-off (1 s … 5 min) and waiters
/// get the refusal at once; an expired token is never handed out. Single-threaded (the
/// io_context's).
class Credential : public std::enable_shared_from_this<Credential> {
public:
    struct Options {
        std::string identity;  ///< its name in the configuration, for logs
        std::string agent_id;
        std::filesystem::path api_key_file;
        /// Counts a token's age whatever the wall clock does; empty: std::chrono::steady_clock.
        // NOLINTNEXTLINE(readability-redundant-member-init): callers leave it out of the braces
        std::function<std::chrono::steady_clock::time_point()> monotonic{};
    };
    /// "jwt_exchanged" or "jwt_exchange_failed"; never carries the token
    struct Event {
        std::string identity;
        bool renewed{};  ///< a valid token was replaced ahead of its expiry
        std::optional<Error> error;
        TimePoint expires_at;
    };

    Credential(
        boost::asio::any_io_executor executor,
        std::shared_ptr<Authority> authority,
        std::shared_ptr<const Clock> clock,
        Options options,
        std::function<void(const Event&)> on_event);
    ~Credential();

    /// A token valid for at least 5 s more.
    [[nodiscard]] boost::asio::awaitable<Result<std::string>> token(Deadline deadline);

    /// Drops the cached token if it is `rejected` (the authority's verifier refused it), so that
    /// the next call exchanges again.
    void invalidate(const std::string& rejected);

    /// How it stands now, for health checks and metrics.
    struct View {
        std::optional<TimePoint> expires_at;  ///< of a token that may be used; empty: there is none
        bool is_refused{};  ///< the last exchange was: it will not get better by itself
    };
    [[nodiscard]] View view() const;

    /// Renews in the background until stop(): a waiting request never pays for an exchange that
    /// could be foreseen.
    void start();
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace chela::sidecar::auth
