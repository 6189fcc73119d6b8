#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"
#include "sidecar/edge/rate_limiter.hpp"
#include "sidecar/http/message.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string_view>

namespace chela::sidecar::auth {

/// Keeps whoever guesses at secrets from learning which guess is right. A peer that has failed too
/// often is not heard with any further secret for a while; a secret that was right before is heard
/// all the same, so that no peer locks out those who share its address. Client tokens are looked at
/// first: only wrong ones come here.
/// Threads: the io_context's one.
class Lockout {
public:
    /// @param failures  of one peer; empty: nobody is locked out
    explicit Lockout(std::optional<Rate> failures) : failures_{failures} {}

    /// Before a secret is looked at. @return rate_limited E_AUTH_FAILURES
    [[nodiscard]] Status admit(const http::Request& request, std::string_view secret) const;
    /// It was right.
    void remember(std::string_view secret);
    /// It was wrong, or what came in its place was no credential at all.
    /// @return what to answer: `error`, or rate_limited E_AUTH_FAILURES
    [[nodiscard]] Error count(
        const http::Request& request, std::string_view secret, const Error& error);

private:
    RateLimiter failures_;
    std::set<Hash256> right_;
    std::deque<Hash256> order_;  ///< of right_, the oldest first
};

}  // namespace chela::sidecar::auth
