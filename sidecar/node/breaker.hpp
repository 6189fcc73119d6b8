#pragma once

#include <chrono>

namespace chela::sidecar::node {

/// A circuit breaker: after so many failures in a row it keeps everybody away for a while, then
/// lets one trial through; the trial's success closes it. Threads: one. Pure: time and jitter are
/// given.
class Breaker {
public:
    using Time = std::chrono::steady_clock::time_point;
    struct Limits {
        unsigned failures = 5;  ///< in a row until it opens; 0: it never does
        std::chrono::milliseconds first_pause{1'000};
        std::chrono::milliseconds longest_pause{15'000};
    };

    explicit Breaker(Limits limits) : limits_{limits} {}

    /// Nobody may ask now.
    [[nodiscard]] bool is_open(Time now) const;
    /// To be called before asking. @return may one ask? An open breaker whose pause is over says
    /// yes once, and again when that trial never reports
    [[nodiscard]] bool enter(Time now);
    void succeeded();
    /// @param jitter01  0 … 1: from half of the back-off's pause to the whole
    void failed(Time now, double jitter01);
    [[nodiscard]] unsigned failures() const { return failures_; }

private:
    Limits limits_;
    unsigned failures_ = 0;
    Time rest_until_;
};

/// Full jitter: a random time from nothing to `base` doubled `attempt` times, at most `longest`.
/// @param jitter01  0 … 1
[[nodiscard]] std::chrono::milliseconds full_jitter(
    std::chrono::milliseconds base,
    std::chrono::milliseconds longest,
    unsigned attempt,
    double jitter01);

}  // namespace chela::sidecar::node
