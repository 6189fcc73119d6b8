#pragma once

#include "sidecar/auth/jwks.hpp"
#include "sidecar/edge/blocking.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::auth {

/// The keys that an issuer signs with, as it publishes them: fetched at the start, again ahead of
/// need, and once more when a token names a key that is not among them, but never more often than
/// least_pause and, after failures, with back-off up to 5 min. One fetch at a time, for all who
/// wait. What a failed fetch leaves is used on, until it is longest_use old.
/// Threads: the io_context's one.
class IssuerKeys : public std::enable_shared_from_this<IssuerKeys> {
public:
    /// The text of the key set.
    using Fetch = std::function<boost::asio::awaitable<Result<std::string>>(Deadline)>;
    struct Options {
        std::chrono::milliseconds refresh{std::chrono::minutes{10}};
        std::chrono::milliseconds least_pause{std::chrono::seconds{30}};
        std::chrono::milliseconds longest_use{std::chrono::hours{24}};
        /// Empty: std::chrono::steady_clock.
        // NOLINTNEXTLINE(readability-redundant-member-init): callers leave it out of the braces
        std::function<std::chrono::steady_clock::time_point()> now{};
    };
    /// Of each fetch; `error` says why it failed.
    using Told = std::function<void(const std::optional<Error>& error, std::size_t keys)>;

    IssuerKeys(boost::asio::any_io_executor executor, Fetch fetch, Options options, Told told);

    /// @return unauthenticated E_TOKEN_SIGNATURE: the issuer has no such key; unavailable
    /// E_ISSUER_UNAVAILABLE: no keys are known; timed_out
    [[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<const VerificationKey>>> key(
        std::string kid, Deadline deadline);

    /// Fetches in the background until stop().
    void start();
    void stop();

private:
    using Now = std::chrono::steady_clock::time_point;
    [[nodiscard]] Now now() const;
    [[nodiscard]] std::shared_ptr<const VerificationKey> known(const std::string& kid) const;
    [[nodiscard]] bool has_keys() const;
    void launch();
    void land(Result<std::string> text);
    [[nodiscard]] std::unexpected<Error> not_known() const;
    static boost::asio::awaitable<void> run(std::shared_ptr<IssuerKeys> self);
    static boost::asio::awaitable<Result<std::string>> ask(std::shared_ptr<IssuerKeys> self);
    boost::asio::awaitable<void> wait_for_flight(Deadline deadline);

    boost::asio::any_io_executor executor_;
    Fetch fetch_;
    Options options_;
    Told told_;
    boost::asio::steady_timer alarm_;
    std::optional<Jwks> keys_;
    Now fetched_at_;         ///< the keys
    Now next_attempt_;       ///< no fetch begins before
    unsigned failures_ = 0;  ///< in a row
    bool is_under_way_ = false;
    bool is_stopping_ = false;
    std::vector<std::shared_ptr<boost::asio::steady_timer>> waiters_;
};

}  // namespace chela::sidecar::auth
