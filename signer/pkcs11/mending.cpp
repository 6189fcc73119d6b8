// The part of SessionPool that repairs: login, re-initialisation, and the bookkeeping of what was
// tried.
#include "signer/pkcs11/backoff.hpp"
#include "signer/pkcs11/self_test.hpp"
#include "signer/pkcs11/session_pool.hpp"

namespace chela::signer::pkcs11 {

namespace {

// How long the calls that run when the device is lost may take to come back.
constexpr std::chrono::seconds kQuiesce{5};

std::unexpected<Failure> down(std::string detail) {
    return give_up(ErrorCode::unavailable, std::move(detail), "E_TOKEN_UNAVAILABLE");
}

// After the first open every lasting failure to come up means one thing to the caller: not now.
Failure as_unavailable(Failure failure) {
    failure.error.code = ErrorCode::unavailable;
    if (failure.remedy != Remedy::latch_pin) failure.error.reason = "E_TOKEN_UNAVAILABLE";
    failure.remedy = Remedy::give_up;
    return failure;
}

}  // namespace

Attempt<void> SessionPool::bring_up(Lock& lock) {
    if (options_.runtime.now() < next_attempt_) {
        return down("the token is down; it is tried again shortly");
    }
    state_ = State::mending;
    // C_Finalize under a running call crashes modules: first everybody must be out.
    const bool is_quiet = changed_.wait_for(lock, kQuiesce, [this] { return leased_ == 0; });
    Attempt<void> up = down("a call into the token does not return; it cannot be re-initialised");
    if (is_quiet) {
        idle_.clear();
        lock.unlock();
        up = reconnect();
        lock.lock();
    }
    if (up) {
        ++generation_;
        limit_ = limit_now();
        next_growth_ = Clock::time_point::max();
        if (limit_ == 0) up = down("the token allows no session besides the one for the login");
    }
    failures_ = up ? 0 : failures_ + 1;
    next_attempt_ = options_.runtime.now() + backoff(failures_, options_.runtime.random());
    state_ = up ? State::up : State::down;
    changed_.notify_all();
    if (up) return {};
    if (options_.runtime.metrics != nullptr && !up.error().cause.empty()) {
        options_.runtime.metrics->failed(up.error().cause);
    }
    return std::unexpected{as_unavailable(std::move(up.error()))};
}

Attempt<void> SessionPool::reconnect() {
    connection_->disconnect();
    auto up = connection_->connect();
    if (!up) return up;
    std::vector<PinnedKey> keys;
    {
        const std::lock_guard lock{mutex_};
        keys = pinned_;
    }
    auto good = self_test(*connection_, keys, key_policy(options_));
    if (!good) connection_->disconnect();
    return good;
}

Status SessionPool::reinitialize(std::uint64_t generation) {
    Lock lock{mutex_};
    if (state_ == State::up && generation_ == generation) state_ = State::down;
    const bool is_decided =
        changed_.wait_for(lock, kQuiesce, [this] { return state_ != State::mending; });
    if (!is_decided) {
        return fail(
            ErrorCode::unavailable, "the token is being re-initialised", "E_TOKEN_UNAVAILABLE");
    }
    if (state_ == State::up) return {};  // another thread mended it meanwhile
    if (auto up = bring_up(lock); !up) return std::unexpected{up.error().error};
    return {};
}

Status SessionPool::login_again(std::uint64_t generation, Clock::time_point deadline) {
    // The lease keeps the module from being re-initialised under C_Login.
    auto held = lease(Access::read_only, deadline);
    if (!held) return std::unexpected{held.error().error};
    const std::lock_guard one_at_a_time{login_};
    {
        const std::lock_guard lock{mutex_};
        if (generation_ != generation) return {};  // somebody else did it
    }
    if (connection_->is_pin_refused()) return std::unexpected{refused_pin_error()};
    if (auto in = connection_->login(); !in) {
        if (in.error().remedy != Remedy::reinitialize) return std::unexpected{in.error().error};
        mark_down(generation);  // the next lease brings it up, login included
        return {};
    }
    const std::lock_guard lock{mutex_};
    ++generation_;  // a logout made every handle void
    return {};
}

void SessionPool::mark_down(std::uint64_t generation) {
    const std::lock_guard lock{mutex_};
    if (state_ == State::up && generation_ == generation) state_ = State::down;
}

void SessionPool::close_idle(std::uint64_t generation) {
    Lock lock{mutex_};
    if (state_ != State::up || generation_ != generation) return;
    const auto sessions = std::exchange(idle_, {});
    // Counted as a lease: the module must not be finalised under these calls.
    ++leased_;
    lock.unlock();
    for (const CK_SESSION_HANDLE session : sessions)
        connection_->close_session(session);
    lock.lock();
    --leased_;
    changed_.notify_all();
}

Status SessionPool::mend(const Failure& failure, unsigned& tried, Clock::time_point deadline) {
    const unsigned bit = 1U << static_cast<unsigned>(failure.remedy);
    const bool is_first = (tried & bit) == 0;
    tried |= bit;
    switch (failure.remedy) {
        case Remedy::give_up:
        case Remedy::latch_pin:
            return std::unexpected{failure.error};
        case Remedy::shrink: {
            const std::lock_guard lock{mutex_};
            shrink_to(limit_ - 1);
            return std::unexpected{failure.error};
        }
        case Remedy::new_session:
            if (!is_first) return std::unexpected{failure.error};
            // What closed one session has most often closed them all.
            close_idle(failure.generation);
            return {};
        case Remedy::find_key_again:
            // The lease is gone and the key forgot its handle: trying again is the remedy.
            if (is_first) return {};
            return std::unexpected{failure.error};
        case Remedy::login:
            if (is_first) return login_again(failure.generation, deadline);
            return std::unexpected{failure.error};
        case Remedy::reinitialize:
            if (is_first) return reinitialize(failure.generation);
            mark_down(failure.generation);
            return std::unexpected{failure.error};
    }
    bug("unknown Remedy");
}

}  // namespace chela::signer::pkcs11
