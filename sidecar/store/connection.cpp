#include "sidecar/store/connection.hpp"

#include "sidecar/store/amount_sum.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_handle.hpp"

#include <string>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

/// What an operator does about it; SQLite's own words mean little to whoever asked.
const char* what_fails(int code) {
    switch (code) {
        case SQLITE_FULL:
            return "the disk is full; it goes on by itself once there is room";
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return "the database cannot be written; look at its permissions and its file system";
        case SQLITE_CANTOPEN:
            return "the database cannot be opened; look at the state directory";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return "the database is damaged; restore it from a backup";
        default:
            return "the disk fails to read or write; look at the system's log";
    }
}

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
                ErrorCode::unavailable,
                fmt::format("the store cannot be used: {}", what_fails(code & 0xff)),
                "E_STORE_UNAVAILABLE"};
        case SQLITE_CONSTRAINT:
            if (message.find("FOREIGN KEY") != std::string::npos) {
                return {ErrorCode::not_found, "something that this refers to does not exist"};
            }
            return {ErrorCode::conflict, "contradicts what is stored: " + message};
    }
    return {ErrorCode::internal, "the store failed: " + message};
}

Status use_write_ahead_log(Session& session) {
    std::string journal;
    session.soci() << "PRAGMA journal_mode=WAL", soci::into(journal);
    if (journal == "wal") return {};
    return fail(
        ErrorCode::unavailable, "the store's file system does not support SQLite's write-ahead log",
        "E_STORE_UNAVAILABLE");
}

Status check_foreign_keys(Session& session) {
    int keys = 0;
    session.soci() << "PRAGMA foreign_keys", soci::into(keys);
    if (keys == 1) return {};
    return fail(ErrorCode::internal, "this SQLite does not enforce foreign keys");
}

Status open_session(
    Session& session, const std::filesystem::path& path, std::chrono::milliseconds busy_timeout) {
    session.soci().open(*soci::factory_sqlite3(), fmt::format("dbname=\"{}\"", path.native()));
    auto* sqlite = handle(session);
    sqlite_api::sqlite3_extended_result_codes(sqlite, 1);
    sqlite_api::sqlite3_busy_timeout(sqlite, static_cast<int>(busy_timeout.count()));
    auto status = use_write_ahead_log(session);
    // temp_store: what a savepoint may have to undo stays in memory, and is no file of its own.
    if (status) {
        status = Connection::run_script(
            session,
            "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; "
            "PRAGMA temp_store=MEMORY;");
    }
    if (status) status = check_foreign_keys(session);
    return status ? add_amount_sum(session) : status;
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
        auto status = open_session(connection->writer_.session, path, busy_timeout);
        if (status) status = open_session(connection->reader_.session, path, busy_timeout);
        if (status) status = run_script(connection->reader_.session, "PRAGMA query_only=ON;");
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

Status Connection::Side::check_usable() const {
    if (!is_stuck) return {};
    return fail(
        ErrorCode::unavailable, "the store's connection is stuck in a transaction; restart chela",
        "E_STORE_UNAVAILABLE");
}

void Connection::Side::roll_back() noexcept {
    // SQLite may have rolled back by itself (disk full); then there is nothing left to end.
    if (!is_in_transaction(session)) return;
    sqlite_api::sqlite3_exec(handle(session), "ROLLBACK", nullptr, nullptr, nullptr);
    is_stuck = is_in_transaction(session);
}

Connection::Transaction::Transaction(Side& side, Begin begin) : side_{side} {
    run(side_.session, begin == Begin::to_write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Connection::Transaction::~Transaction() {
    if (is_open_) side_.roll_back();
}

void Connection::Transaction::commit() {
    run(side_.session, "COMMIT");
    is_open_ = false;
}

}  // namespace chela::sidecar::store
