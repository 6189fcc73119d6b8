#include "sidecar/store/columns.hpp"
#include "sidecar/store/connection.hpp"
#include "sidecar/store/sqlite_handle.hpp"

namespace chela::sidecar::store {
namespace {

/// So that the first of a batch does not wait for ever while others come.
constexpr std::size_t kMaxBatch = 128;

}  // namespace

Status Connection::commit(Work& work) {
    std::unique_lock lock{queue_mutex_};
    waiting_.push_back(&work);
    while (!work.is_done) {
        if (has_leader_) {
            has_changed_.wait(lock);
        } else {
            lead(lock);
        }
    }
    lock.unlock();
    if (work.thrown) std::rethrow_exception(work.thrown);
    if (work.failed) return std::unexpected{*work.failed};
    return {};
}

void Connection::lead(std::unique_lock<std::mutex>& lock) noexcept {
    has_leader_ = true;
    lock.unlock();
    Batch batch;
    batch.reserve(kMaxBatch);
    const auto committed = [&] {
        const std::lock_guard alone{writer_.mutex};
        return run_together(batch);
    }();
    if (committed && on_commit_) on_commit_(batch.size());
    // Whoever waited for a transaction that could not begin has waited long enough.
    while (!committed && batch.size() < kMaxBatch) {
        auto* work = next(batch);
        if (work == nullptr) break;
        batch.push_back(work);
    }
    lock.lock();
    for (auto* work : batch) {
        if (!committed && !work->failed) work->failed = committed.error();
        work->is_done = true;
    }
    has_leader_ = false;
    has_changed_.notify_all();
}

Connection::Work* Connection::next(const Batch& batch) {
    const std::lock_guard lock{queue_mutex_};
    if (waiting_.empty() || batch.size() >= kMaxBatch) return nullptr;
    auto* work = waiting_.front();
    waiting_.pop_front();
    return work;
}

Status Connection::run_together(Batch& batch) {
    auto usable = writer_.check_usable();
    if (!usable) return usable;
    return guarded([&]() -> Status {
        Transaction transaction{writer_, Begin::to_write};
        while (auto* work = next(batch)) {
            batch.push_back(work);
            auto status = run_one(*work);
            if (!status) return status;
        }
        if (auto ok = failpoint_ ? failpoint_(CommitPoint::before) : Status{}; !ok) return ok;
        transaction.commit();
        return failpoint_ ? failpoint_(CommitPoint::after) : Status{};
    });
}

Status Connection::run_one(Work& work) {
    run(writer_.session, "SAVEPOINT body");
    const auto outer = writes_.exchange(std::this_thread::get_id());
    bool is_kept = false;
    try {
        is_kept = work.run(writer_.session);
    } catch (...) {
        // Not swallowed: commit() throws it on the thread of its caller.
        work.thrown = std::current_exception();
    }
    writes_ = outer;
    if (!is_in_transaction(writer_.session)) return ended_by_itself();
    if (!is_kept) run(writer_.session, "ROLLBACK TO body");
    run(writer_.session, "RELEASE body");
    return {};
}

// After SQLite ended the transaction nothing more may be written: it would stand alone.
Status Connection::run_within(Work& work) {
    if (!is_in_transaction(writer_.session)) return ended_by_itself();
    auto status = guarded([&] { return run_one(work); });
    if (work.thrown) std::rethrow_exception(work.thrown);
    return status;
}

}  // namespace chela::sidecar::store
