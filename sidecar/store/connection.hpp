#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/session.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace chela::sidecar::store {

/// unavailable E_STORE_BUSY (locked), unavailable E_STORE_UNAVAILABLE (disk, permissions, damage),
/// conflict (a row that must be unique), not_found (a row that must exist), else internal. Bound
/// values never enter the detail.
[[nodiscard]] Error to_error(const soci::soci_error& error);

/// Where a process may end: what was about to be committed is not there, or it is and nobody was
/// told.
enum class CommitPoint : std::uint8_t { before, after };
using Failpoint = std::function<Status(CommitPoint)>;

/// Runs `body` and turns the library's exceptions into an Error.
template <class Body>
std::invoke_result_t<Body&> guarded(Body body) {
    try {
        return body();
    } catch (const soci::soci_error& error) {
        return std::unexpected{to_error(error)};
    }
}

/// SQLite with one session for those who write, in turn, and one for those who only read, who do
/// not wait for the writers' commits and see all that was committed before. No transaction is open
/// between calls.
/// Threads: safe. What the body of a write() asks of the connection, on the thread that it runs on,
/// is part of that write; the body of a read must not call the connection again.
class Connection {
public:
    /// @param path  an existing file, without a double quote in its name
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(
        const std::filesystem::path& path, std::chrono::milliseconds busy_timeout);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    /// @param body  Result<T>(Session&), one SELECT or several that need not agree
    template <class Body>
    std::invoke_result_t<Body&, Session&> read(Body body) {
        return read_as(std::nullopt, body);
    }

    /// As read(), and all that the body reads is of one moment, whatever other processes write.
    template <class Body>
    std::invoke_result_t<Body&, Session&> read_together(Body body) {
        return read_as(Begin::at_first_read, body);
    }

    /// Runs `body` in a serializable transaction. Durable when this returns a value; rolled back
    /// when it returns an error. Calls that wait at the same time share one commit: each body sees
    /// what those before it wrote, and one that fails is undone alone. A commit that fails fails
    /// them all; a transaction that SQLite ended by itself does too (unavailable). Within the body
    /// of another write() this is a part of it: undone alone when it fails, durable with the whole.
    /// @param body  Result<T>(Session&). It may run on another caller's thread, while its own
    /// waits: it must not need a lock that a caller of write() holds, nor anything of its thread.
    /// What it throws is thrown by its own call.
    template <class Body>
    std::invoke_result_t<Body&, Session&> write(Body body) {
        using Answer = std::invoke_result_t<Body&, Session&>;
        std::optional<Answer> answer;
        Work work;
        work.run = [&](Session& session) {
            answer.emplace(guarded([&] { return body(session); }));
            return answer->has_value();
        };
        const auto committed = is_within_write() ? run_within(work) : commit(work);
        const bool has_own_error = answer && !*answer;
        if (!committed && !has_own_error) return std::unexpected{committed.error()};
        return *std::move(answer);
    }

    /// Does this thread run the body of a write() now?
    [[nodiscard]] bool is_within_write() const { return writes_ == std::this_thread::get_id(); }

    /// Set it before others call.
    void fail_at(Failpoint failpoint) { failpoint_ = std::move(failpoint); }
    /// @param listener  hears of each commit how many calls shared it, on one of their threads; set
    /// it before others call
    void report_commits_to(std::function<void(std::size_t)> listener) {
        on_commit_ = std::move(listener);
    }

    /// Runs several statements without parameters or results (the schema), as they are.
    [[nodiscard]] static Status run_script(Session& session, const char* script);

private:
    /// One caller's part of a shared transaction.
    struct Work {
        std::function<bool(Session&)> run;  ///< @return is it to be committed?
        std::exception_ptr thrown;          ///< by run
        std::optional<Error> failed;        ///< why it is not in the database, whatever run said
        bool is_done = false;
    };
    enum class Begin : std::uint8_t { to_write, at_first_read };
    struct Side {
        std::mutex mutex;
        Session session;
        bool is_stuck = false;  ///< a transaction could not be ended

        [[nodiscard]] Status check_usable() const;
        void roll_back() noexcept;
    };
    class Transaction {
    public:
        Transaction(Side& side, Begin begin);
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        ~Transaction();
        void commit();

    private:
        Side& side_;
        bool is_open_ = true;
    };
    using Batch = std::vector<Work*>;

    Connection() = default;
    template <class Body>
    std::invoke_result_t<Body&, Session&> read_as(std::optional<Begin> begin, Body& body) {
        if (is_within_write()) return guarded([&] { return body(writer_.session); });
        const std::lock_guard lock{reader_.mutex};
        auto usable = reader_.check_usable();
        if (!usable) return std::unexpected{usable.error()};
        return guarded([&] {
            std::optional<Transaction> never_committed;
            if (begin) never_committed.emplace(reader_, *begin);
            return body(reader_.session);
        });
    }

    /// Waits until the work is durable or failed, leading a batch if nobody does.
    [[nodiscard]] Status commit(Work& work);
    void lead(std::unique_lock<std::mutex>& lock) noexcept;
    /// @return nullptr: nobody waits, or the batch is full
    [[nodiscard]] Work* next(const Batch& batch);
    [[nodiscard]] Status run_together(Batch& batch);
    /// @return unavailable: the transaction is over
    [[nodiscard]] Status run_one(Work& work);
    /// As commit(), in the transaction that is under way.
    [[nodiscard]] Status run_within(Work& work);

    std::function<void(std::size_t)> on_commit_;
    Failpoint failpoint_;
    Side writer_;
    Side reader_;
    std::atomic<std::thread::id> writes_;  ///< who runs the body of a write, if anybody does

    std::mutex queue_mutex_;  ///< never held while writer_'s is waited for
    std::condition_variable has_changed_;
    std::deque<Work*> waiting_;
    bool has_leader_ = false;
};

}  // namespace chela::sidecar::store
