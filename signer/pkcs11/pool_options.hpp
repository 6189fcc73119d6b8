#pragma once

#include "signer/metrics.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace chela::signer::pkcs11 {

/// What the pool takes from outside besides the configuration: who listens, the time and the dice
/// of the back-off, and how many threads make sense.
struct TokenRuntime {
    using Clock = std::chrono::steady_clock;

    std::shared_ptr<SignerMetrics> metrics;    ///< null: nobody listens
    std::function<Clock::time_point()> now;    ///< for back-off and regrowth; empty: Clock::now
    std::function<double()> random;            ///< 0 … 1; empty: the operating system's
    unsigned cores = 0;                        ///< 0: as many as this machine has
    std::chrono::milliseconds patience{1000};  ///< as CallQueue::Limits::patience
};

struct PoolOptions {
    unsigned max_sessions = 2;
    std::size_t max_waiting = 64;
    std::chrono::milliseconds sign_limit{5'000};
    /// For everything besides signing; making a key takes seconds on small devices.
    std::chrono::milliseconds call_limit{30'000};
    bool allows_extractable_keys = false;
    TokenRuntime runtime;
};

}  // namespace chela::signer::pkcs11
