#pragma once

#include "signer/pkcs11/attributes.hpp"
#include "signer/pkcs11/connection.hpp"

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
    /// After a failed call the session may hold a half-done operation: it is closed and not used
    /// again.
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
/// Threads: safe.
class SessionPool {
public:
    SessionPool(std::unique_ptr<Connection> connection, unsigned max_sessions);
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;
    ~SessionPool();

    /// Connects for the first time. Errors keep their own codes, since nothing was promised yet.
    [[nodiscard]] Status open();

    /// Waits up to 5 s. While the token is down it is brought up first, at most every 500 ms.
    /// @return unavailable: E_TOKEN_BUSY, E_TOKEN_UNAVAILABLE, E_TOKEN_PIN, E_FORKED
    [[nodiscard]] Attempt<Lease> lease(Access access);

    /// Tries the remedy of `failure`, unless `tried` has it. Hold no lease.
    /// @return ok: try again; else what to tell the caller
    [[nodiscard]] Status mend(const Failure& failure, unsigned& tried);

private:
    using Clock = std::chrono::steady_clock;
    using Lock = std::unique_lock<std::mutex>;
    enum class State : std::uint8_t { up, down, mending };

    friend class Lease;
    void give_back(const Lease& lease);
    [[nodiscard]] Attempt<Lease> take(Lock& lock, Access access);
    [[nodiscard]] Attempt<void> bring_up(Lock& lock, Clock::time_point deadline);
    [[nodiscard]] Status reinitialize(std::uint64_t generation);
    [[nodiscard]] Status login_again(std::uint64_t generation);
    void mark_down(std::uint64_t generation);
    [[nodiscard]] unsigned limit_now() const;

    const std::unique_ptr<Connection> connection_;
    const unsigned max_sessions_;
    std::mutex mutex_;  // never held during a call into the module
    std::mutex login_;  // held during C_Login; taken with a lease in hand, never with mutex_
    std::condition_variable changed_;
    State state_ = State::down;
    std::uint64_t generation_ = 0;
    unsigned limit_ = 0;
    unsigned leased_ = 0;
    std::vector<CK_SESSION_HANDLE> idle_;
    Clock::time_point next_attempt_ = Clock::time_point::min();
};

}  // namespace chela::signer::pkcs11
