#include "signer/pkcs11/session_pool.hpp"

#include "signer/pkcs11/process.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <openssl/rand.h>

namespace chela::signer::pkcs11 {

namespace {

// A token that ran out of sessions or memory is asked for one more at most this often.
constexpr std::chrono::seconds kBetweenGrowths{10};

std::unexpected<Failure> busy() {
    return give_up(ErrorCode::unavailable, "all sessions of the token are in use", "E_TOKEN_BUSY");
}

double random_share() {
    std::array<unsigned char, 2> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) bug("no randomness");
    return static_cast<double>(bytes[0] * 256 + bytes[1]) / 65535.0;
}

PoolOptions with_defaults(PoolOptions options) {
    TokenRuntime& runtime = options.runtime;
    if (!runtime.now) runtime.now = &SessionPool::Clock::now;
    if (!runtime.random) runtime.random = &random_share;
    if (runtime.cores == 0) runtime.cores = std::max(1U, std::thread::hardware_concurrency());
    return options;
}

// One more than the processor runs at once only makes every call slower.
CallQueue::Limits queue_limits(const PoolOptions& options) {
    return {
        .workers = std::min(options.max_sessions, options.runtime.cores),
        .waiting = options.max_waiting,
        .patience = options.runtime.patience};
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

SessionPool::SessionPool(std::unique_ptr<Connection> connection, PoolOptions options)
    : options_{with_defaults(std::move(options))},
      connection_{std::move(connection)},
      queue_{queue_limits(options_), options_.runtime.metrics} {}

SessionPool::~SessionPool() {
    // In a forked child the sessions are the parent's.
    if (refuse_after_fork()) connection_->disconnect();
}

Status SessionPool::run(CallQueue::Job job, Clock::time_point deadline) {
    // Before any mutex: in a forked child another thread's lock on it never ends.
    if (auto same = refuse_after_fork(); !same) return same;
    return queue_.run(std::move(job), deadline);
}

unsigned SessionPool::limit_now() const {
    const unsigned workers = queue_limits(options_).workers;
    return std::min(workers, connection_->session_limit().value_or(workers));
}

Status SessionPool::open() {
    // While another process changes its objects, SoftHSM may show no token for a moment.
    constexpr int kTries = 3;
    constexpr std::chrono::milliseconds kPause{100};
    auto up = connection_->connect();
    for (int tried = 1; !up && up.error().remedy == Remedy::reinitialize && tried < kTries;
         ++tried) {
        std::this_thread::sleep_for(kPause);
        up = connection_->connect();
    }
    if (!up) return std::unexpected{up.error().error};
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

// One wait loop, whose checks must stand in this order.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
Attempt<Lease> SessionPool::lease(Access access, Clock::time_point deadline) {
    Lock lock{mutex_};
    for (;;) {
        if (connection_->is_pin_refused()) {
            return std::unexpected{Failure{refused_pin_error(), Remedy::latch_pin}};
        }
        // Nothing new is begun for a caller that has gone.
        if (Clock::now() >= deadline) return busy();
        if (state_ == State::down) {
            if (auto up = bring_up(lock); !up) return std::unexpected{up.error()};
            continue;
        }
        // Not while it is mended: the token's own limit is being read anew.
        if (state_ == State::up) grow_again();
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
    if (failure.remedy == Remedy::shrink) {
        shrink_to(leased_ + static_cast<unsigned>(idle_.size()));
        failure.remedy = Remedy::give_up;
    }
    changed_.notify_all();
    return std::unexpected{std::move(failure)};
}

void SessionPool::give_back(const Lease& lease) {
    Lock lock{mutex_};
    const bool is_room = leased_ + idle_.size() <= limit_;
    const bool keep = !lease.broken_ && lease.access_ == Access::read_only && is_room;
    if (!keep) {
        lock.unlock();
        connection_->close_session(lease.session_);
        lock.lock();
    }
    if (keep) idle_.push_back(lease.session_);
    --leased_;
    changed_.notify_all();
}

void SessionPool::shrink_to(unsigned sessions) {
    limit_ = std::max(1U, sessions);
    next_growth_ = options_.runtime.now() + kBetweenGrowths;
}

void SessionPool::grow_again() {
    const unsigned most = limit_now();
    if (limit_ >= most || options_.runtime.now() < next_growth_) return;
    ++limit_;
    next_growth_ = options_.runtime.now() + kBetweenGrowths;
    changed_.notify_all();
}

void SessionPool::remember(const PinnedKey& key) {
    constexpr std::size_t kEnough = 4;  // one that is still there is enough for the test
    const std::lock_guard lock{mutex_};
    std::erase(pinned_, key);
    pinned_.insert(pinned_.begin(), key);
    if (pinned_.size() > kEnough) pinned_.pop_back();
}

}  // namespace chela::signer::pkcs11
