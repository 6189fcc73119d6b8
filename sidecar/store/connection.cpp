#include "sidecar/store/connection.hpp"

#include "sidecar/store/amount_sum.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_handle.hpp"

#include <string>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

Error from_sqlite(int code, const std::string& message) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {
                ErrorCode::unavailable, "the store is locked by another process", "E_STORE_BUSY"};
        case SQLITE_FULL:
        case SQLITE_READONLY:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {
                ErrorCode::unavailable, "the store cannot be used: " + message,
                "E_STORE_UNAVAILABLE"};
        case SQLITE_CONSTRAINT:
            if (message.find("FOREIGN KEY") != std::string::npos) {
                return {ErrorCode::not_found, "something that this refers to does not exist"};
            }
            return {ErrorCode::conflict, "contradicts what is stored: " + message};
    }
    return {ErrorCode::internal, "the store failed: " + message};
}

Status set_pragmas(Session& session) {
    std::string journal;
    session.soci() << "PRAGMA journal_mode=WAL", soci::into(journal);
    if (journal != "wal") {
        return fail(
            ErrorCode::unavailable,
            "the store's file system does not support SQLite's write-ahead log",
            "E_STORE_UNAVAILABLE");
    }
    auto status = Connection::run_script(
        session, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;");
    if (!status) return status;
    int keys = 0;
    session.soci() << "PRAGMA foreign_keys", soci::into(keys);
    if (keys != 1) return fail(ErrorCode::internal, "this SQLite does not enforce foreign keys");
    return {};
}

}  // namespace

Error to_error(const soci::soci_error& error) {
    if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) {
        return from_sqlite(sqlite->result(), sqlite->get_error_message());
    }
    return {ErrorCode::internal, "the store failed: " + error.get_error_message()};
}

Result<std::unique_ptr<Connection>> Connection::open(
    const std::filesystem::path& path, std::chrono::milliseconds busy_timeout) {
    if (path.native().find('"') != std::string::npos) {
        return fail(ErrorCode::invalid_input, "the store's path must not contain a double quote");
    }
    return guarded([&]() -> Result<std::unique_ptr<Connection>> {
        std::unique_ptr<Connection> connection{new Connection};
        connection->session_.soci().open(
            *soci::factory_sqlite3(), fmt::format("dbname=\"{}\"", path.native()));
        auto* sqlite = handle(connection->session_);
        sqlite_api::sqlite3_extended_result_codes(sqlite, 1);
        sqlite_api::sqlite3_busy_timeout(sqlite, static_cast<int>(busy_timeout.count()));
        auto status = set_pragmas(connection->session_);
        if (status) status = add_amount_sum(connection->session_);
        if (!status) return std::unexpected{status.error()};
        return connection;
    });
}

Status Connection::run_script(Session& session, const char* script) {
    auto* sqlite = handle(session);
    const auto code = sqlite_api::sqlite3_exec(sqlite, script, nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    return std::unexpected{from_sqlite(code, sqlite_api::sqlite3_errmsg(sqlite))};
}

Status Connection::check_usable() const {
    if (!is_stuck_) return {};
    return fail(
        ErrorCode::unavailable, "the store's connection is stuck in a transaction; restart chela",
        "E_STORE_UNAVAILABLE");
}

bool Connection::is_in_transaction() {
    return sqlite_api::sqlite3_get_autocommit(handle(session_)) == 0;
}

void Connection::roll_back() noexcept {
    // SQLite may have rolled back by itself (disk full); then there is nothing left to end.
    if (!is_in_transaction()) return;
    sqlite_api::sqlite3_exec(handle(session_), "ROLLBACK", nullptr, nullptr, nullptr);
    is_stuck_ = is_in_transaction();
}

Connection::Transaction::Transaction(Connection& connection, Begin begin)
    : connection_{connection} {
    run(connection_.session_, begin == Begin::to_write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Connection::Transaction::~Transaction() {
    if (is_open_) connection_.roll_back();
}

void Connection::Transaction::commit() {
    run(connection_.session_, "COMMIT");
    is_open_ = false;
}

}  // namespace chela::sidecar::store
