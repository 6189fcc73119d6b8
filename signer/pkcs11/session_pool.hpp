#pragma once

#include "signer/pkcs11/attributes.hpp"
#include "signer/pkcs11/call_queue.hpp"
#include "signer/pkcs11/connection.hpp"
#include "signer/pkcs11/pinned_key.hpp"
#include "signer/pkcs11/pool_options.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace chela::signer::pkcs11 {

class SessionPool;
/// One session, ours alone until the lease ends. A PKCS#11 session holds one operation: sharing one
/// crashes modules.
class Lease {
public:
    Lease(SessionPool& pool, CK_SESSION_HANDLE session, Access access, std::uint64_t generation)
        : pool_{&pool},
          session_{session},
          access_{access},
          generation_{generation} {}
    Lease(Lease&& other) noexcept
        : pool_{std::exchange(other.pool_, nullptr)},
          session_{other.session_},
          access_{other.access_},
          generation_{other.generation_},
          broken_{other.broken_} {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    [[nodiscard]] Session session() const;
    [[nodiscard]] Connection& connection() const;
    /// Object handles found under another generation are void.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }
    /// After a failed call the session may hold a half-done operation: it is closed.
    void discard() { broken_ = true; }

private:
    friend class SessionPool;
    SessionPool* pool_;
    CK_SESSION_HANDLE session_;
    Access access_;
    std::uint64_t generation_;
    bool broken_ = false;
};

/// Up to `max_sessions` sessions on a connection, and the mending of what breaks under them.
/// Threads: safe. All but the constructor and run() call into the module: use them in run().
class SessionPool {
public:
    using Clock = std::chrono::steady_clock;

    SessionPool(std::unique_ptr<Connection> connection, PoolOptions options);
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;
    ~SessionPool();

    /// Runs `job` on a thread of the pool; as CallQueue::run.
    [[nodiscard]] Status run(CallQueue::Job job, Clock::time_point deadline);
    [[nodiscard]] const PoolOptions& options() const { return options_; }

    /// Connects for the first time. Errors keep their own codes, since nothing was promised yet.
    [[nodiscard]] Status open();

    /// Waits until `deadline`. A token that is down is brought up first when the back-off allows
    /// it.
    /// @return unavailable: E_TOKEN_BUSY, E_TOKEN_UNAVAILABLE, E_TOKEN_PIN, E_FORKED
    [[nodiscard]] Attempt<Lease> lease(Access access, Clock::time_point deadline);

    /// Tries the remedy of `failure`, unless `tried` has it. Hold no lease.
    /// @return ok: try again; else what to tell the caller
    [[nodiscard]] Status mend(const Failure& failure, unsigned& tried, Clock::time_point deadline);

    /// From now on a re-initialised token must sign with this key before it is used again.
    void remember(const PinnedKey& key);

private:
    using Lock = std::unique_lock<std::mutex>;
    enum class State : std::uint8_t { up, down, mending };

    friend class Lease;
    void give_back(const Lease& lease);
    [[nodiscard]] Attempt<Lease> take(Lock& lock, Access access);
    [[nodiscard]] Attempt<void> bring_up(Lock& lock);
    [[nodiscard]] Attempt<void> reconnect();
    [[nodiscard]] Status reinitialize(std::uint64_t generation);
    [[nodiscard]] Status login_again(std::uint64_t generation, Clock::time_point deadline);
    void mark_down(std::uint64_t generation);
    void close_idle(std::uint64_t generation);
    void shrink_to(unsigned sessions);
    void grow_again();
    [[nodiscard]] unsigned limit_now() const;

    const PoolOptions options_;
    const std::unique_ptr<Connection> connection_;
    std::mutex mutex_;  // never held during a call into the module
    std::mutex login_;  // held during C_Login; taken with a lease in hand, never with mutex_
    std::condition_variable changed_;
    State state_ = State::down;
    std::uint64_t generation_ = 0;
    unsigned limit_ = 0;
    unsigned leased_ = 0;
    unsigned failures_ = 0;  // attempts to bring the token up that failed in a row
    std::vector<CK_SESSION_HANDLE> idle_;
    std::vector<PinnedKey> pinned_;
    Clock::time_point next_attempt_ = Clock::time_point::min();
    Clock::time_point next_growth_ = Clock::time_point::max();
    CallQueue queue_;
};

}  // namespace chela::signer::pkcs11
