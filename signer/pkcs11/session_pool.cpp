#include "signer/pkcs11/session_pool.hpp"

#include "signer/pkcs11/process.hpp"

#include <algorithm>

namespace chela::signer::pkcs11 {

namespace {

constexpr std::chrono::seconds kLeaseWait{5};

std::unexpected<Failure> busy() {
    return give_up(ErrorCode::unavailable, "all sessions of the token are in use", "E_TOKEN_BUSY");
}

}  // namespace

Lease::~Lease() {
    if (pool_ != nullptr) pool_->give_back(*this);
}

Session Lease::session() const {
    return {pool_->connection_->api(), session_};
}

Connection& Lease::connection() const {
    return *pool_->connection_;
}

SessionPool::SessionPool(std::unique_ptr<Connection> connection, unsigned max_sessions)
    : connection_{std::move(connection)},
      max_sessions_{max_sessions} {}

SessionPool::~SessionPool() {
    // In a forked child the sessions are the parent's.
    if (refuse_after_fork()) connection_->disconnect();
}

unsigned SessionPool::limit_now() const {
    return std::min(max_sessions_, connection_->session_limit().value_or(max_sessions_));
}

Status SessionPool::open() {
    if (auto up = connection_->connect(); !up) return std::unexpected{up.error().error};
    const std::lock_guard lock{mutex_};
    limit_ = limit_now();
    if (limit_ == 0) {
        return fail(
            ErrorCode::unsupported, "the token allows no session besides the one for the login",
            "E_TOKEN_UNSUPPORTED");
    }
    generation_ = 1;
    state_ = State::up;
    return {};
}

Attempt<Lease> SessionPool::lease(Access access) {
    // Before the mutex: in a forked child another thread's lock on it never ends.
    if (auto same = refuse_after_fork(); !same) {
        return std::unexpected{Failure{same.error(), Remedy::give_up}};
    }
    const auto deadline = Clock::now() + kLeaseWait;
    Lock lock{mutex_};
    for (;;) {
        if (connection_->is_pin_refused()) {
            return std::unexpected{Failure{refused_pin_error(), Remedy::latch_pin}};
        }
        if (state_ == State::down) {
            if (auto up = bring_up(lock, deadline); !up) return std::unexpected{up.error()};
            continue;
        }
        if (state_ == State::up && leased_ < limit_) {
            auto taken = take(lock, access);
            // Another lease will come back: its session serves as well.
            const bool can_wait = leased_ > 0 && Clock::now() < deadline;
            if (taken || taken.error().error.reason != "E_TOKEN_BUSY" || !can_wait) return taken;
            continue;
        }
        if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) {
            if (state_ == State::up) return busy();
            return give_up(
                ErrorCode::unavailable, "the token is being re-initialised", "E_TOKEN_UNAVAILABLE");
        }
    }
}

Attempt<Lease> SessionPool::take(Lock& lock, Access access) {
    const std::uint64_t generation = generation_;
    ++leased_;
    CK_SESSION_HANDLE spare = 0;
    const bool is_full = idle_.size() + leased_ > limit_;
    if (!idle_.empty() && (access == Access::read_only || is_full)) {
        spare = idle_.back();
        idle_.pop_back();
    }
    if (spare != 0 && access == Access::read_only) return Lease{*this, spare, access, generation};
    lock.unlock();
    if (spare != 0) connection_->close_session(spare);
    auto opened = connection_->open_session(access);
    lock.lock();
    if (opened) return Lease{*this, *opened, access, generation};

    --leased_;
    Failure failure = std::move(opened.error());
    failure.generation = generation;
    // The token is full sooner than it said, or is shared: live with as many sessions as it gave.
    if (failure.error.reason == "E_TOKEN_BUSY") {
        limit_ = std::max<unsigned>(1, leased_ + static_cast<unsigned>(idle_.size()));
    }
    changed_.notify_all();
    return std::unexpected{std::move(failure)};
}

void SessionPool::give_back(const Lease& lease) {
    const bool keep = !lease.broken_ && lease.access_ == Access::read_only;
    if (!keep) connection_->close_session(lease.session_);
    const std::lock_guard lock{mutex_};
    if (keep) idle_.push_back(lease.session_);
    --leased_;
    changed_.notify_all();
}

}  // namespace chela::signer::pkcs11
