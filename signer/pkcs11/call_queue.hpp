#pragma once

#include "chains/base/result.hpp"
#include "signer/metrics.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace chela::signer::pkcs11 {

/// Runs calls into a module on its own threads. A PKCS#11 call cannot be cancelled: a caller whose
/// deadline passes leaves, and the thread stays with the call until that returns. Threads: safe.
class CallQueue {
public:
    using Clock = std::chrono::steady_clock;
    using Job = std::move_only_function<void()>;

    struct Limits {
        unsigned workers = 1;
        std::size_t waiting = 64;  ///< calls that may wait for a thread; one more is refused
        /// How long a call may run after which, abandoned by its caller, it opens the breaker.
        std::chrono::milliseconds patience{1000};
    };

    /// @param metrics  may be null
    CallQueue(Limits limits, std::shared_ptr<SignerMetrics> metrics);
    CallQueue(const CallQueue&) = delete;
    CallQueue& operator=(const CallQueue&) = delete;
    /// Ends the threads. One that is inside the module gets `patience` to come back; after that it
    /// is left to end by itself when its call returns.
    ~CallQueue();

    /// Runs `job` on a thread of the queue and waits for its end.
    /// @param job  owns what it touches: it may outlive this call
    /// @return ok: the job has run; unavailable, nothing was started: E_TOKEN_BUSY (the queue is
    ///         full, or no thread was free by `deadline`), E_TOKEN_HANGS (the breaker is open);
    ///         timed_out, reason E_TOKEN_TIMEOUT: it was started and has not ended
    [[nodiscard]] Status run(Job job, Clock::time_point deadline);

    /// Abandoned calls that are still inside the module.
    [[nodiscard]] std::size_t hanging() const;

private:
    struct Call;
    struct State;
    static void work(State& state);

    std::shared_ptr<State> state_;
    std::vector<std::thread> threads_;
};

}  // namespace chela::signer::pkcs11
