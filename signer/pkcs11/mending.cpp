// The part of SessionPool that repairs: login, re-initialisation, and the bookkeeping of what was
// tried.
#include "signer/pkcs11/process.hpp"
#include "signer/pkcs11/session_pool.hpp"

namespace chela::signer::pkcs11 {

namespace {

constexpr std::chrono::milliseconds kBetweenAttempts{500};
constexpr std::chrono::seconds kMendWait{5};

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

Attempt<void> SessionPool::bring_up(Lock& lock, Clock::time_point deadline) {
    if (Clock::now() < next_attempt_) return down("the token is down; it is tried again shortly");
    state_ = State::mending;
    // C_Finalize under a running call crashes modules: first everybody must be out.
    const bool quiet = changed_.wait_until(lock, deadline, [this] { return leased_ == 0; });
    Attempt<void> up = down("a call into the token does not return; it cannot be re-initialised");
    if (quiet) {
        idle_.clear();
        lock.unlock();
        connection_->disconnect();
        up = connection_->connect();
        lock.lock();
    }
    next_attempt_ = Clock::now() + kBetweenAttempts;
    if (up) {
        ++generation_;
        limit_ = limit_now();
        if (limit_ == 0) up = down("the token allows no session besides the one for the login");
    }
    state_ = up ? State::up : State::down;
    changed_.notify_all();
    if (up) return {};
    return std::unexpected{as_unavailable(std::move(up.error()))};
}

Status SessionPool::reinitialize(std::uint64_t generation) {
    const auto deadline = Clock::now() + kMendWait;
    Lock lock{mutex_};
    if (state_ == State::up && generation_ == generation) state_ = State::down;
    if (!changed_.wait_until(lock, deadline, [this] { return state_ != State::mending; })) {
        return fail(
            ErrorCode::unavailable, "the token is being re-initialised", "E_TOKEN_UNAVAILABLE");
    }
    if (state_ == State::up) return {};  // another thread mended it meanwhile
    if (auto up = bring_up(lock, deadline); !up) return std::unexpected{up.error().error};
    return {};
}

Status SessionPool::login_again(std::uint64_t generation) {
    // The lease keeps the module from being re-initialised under C_Login.
    auto held = lease(Access::read_only);
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

Status SessionPool::mend(const Failure& failure, unsigned& tried) {
    const unsigned bit = 1U << static_cast<unsigned>(failure.remedy);
    const bool is_first = (tried & bit) == 0;
    tried |= bit;
    switch (failure.remedy) {
        case Remedy::give_up:
        case Remedy::latch_pin:
            return std::unexpected{failure.error};
        case Remedy::new_session:
        case Remedy::find_key_again:
            // The lease is gone and the key forgot its handle: trying again is the remedy.
            if (is_first) return {};
            return std::unexpected{failure.error};
        case Remedy::login:
            if (is_first) return login_again(failure.generation);
            return std::unexpected{failure.error};
        case Remedy::reinitialize:
            if (is_first) return reinitialize(failure.generation);
            mark_down(failure.generation);
            return std::unexpected{failure.error};
    }
    bug("unknown Remedy");
}

}  // namespace chela::signer::pkcs11
