#pragma once

#include "chains/base/result.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

#include <soci/soci.h>

namespace chela::sidecar::store {

/// unavailable E_STORE_BUSY (locked), unavailable E_STORE_UNAVAILABLE (disk, permissions, damage),
/// conflict (a row that must be unique), not_found (a row that must exist), else internal. Bound
/// values never enter the detail.
[[nodiscard]] Error to_error(const soci::soci_error& error);

/// Runs `body` and turns the library's exceptions into an Error.
template <class Body>
std::invoke_result_t<Body&> guarded(Body body) {
    try {
        return body();
    } catch (const soci::soci_error& error) {
        return std::unexpected{to_error(error)};
    }
}

/// One SQLite connection behind a mutex. No transaction is open between calls.
/// Threads: safe; a body must not call the connection again.
class Connection {
public:
    /// @param path  an existing file, without a double quote in its name
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(
        const std::filesystem::path& path, std::chrono::milliseconds busy_timeout);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    /// @param body  Result<T>(soci::session&), one SELECT or several that need not agree
    template <class Body>
    std::invoke_result_t<Body&, soci::session&> read(Body body) {
        const std::lock_guard lock{mutex_};
        auto usable = check_usable();
        if (!usable) return std::unexpected{usable.error()};
        return guarded([&] { return body(session_); });
    }

    /// Runs `body` in BEGIN IMMEDIATE … COMMIT. Durable when this returns a value; rolled back when
    /// it returns an error.
    template <class Body>
    std::invoke_result_t<Body&, soci::session&> write(Body body) {
        const std::lock_guard lock{mutex_};
        auto usable = check_usable();
        if (!usable) return std::unexpected{usable.error()};
        return guarded([&] {
            Transaction transaction{*this};
            auto result = body(session_);
            if (result) transaction.commit();
            return result;
        });
    }

    /// Runs several statements without parameters or results (the schema), as they are.
    [[nodiscard]] static Status run_script(soci::session& session, const char* script);

private:
    class Transaction {
    public:
        explicit Transaction(Connection& connection);
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        ~Transaction();
        void commit();

    private:
        Connection& connection_;
        bool is_open_ = true;
    };

    Connection() = default;
    [[nodiscard]] Status check_usable() const;
    void roll_back() noexcept;

    std::mutex mutex_;
    soci::session session_;
    bool is_stuck_ = false;  ///< a transaction could not be ended
};

}  // namespace chela::sidecar::store
