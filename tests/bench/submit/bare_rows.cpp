#include "tests/bench/submit/bare_rows.hpp"

#include "chains/base/result.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace chela::bench {
namespace {

using Transaction = std::vector<std::string>;

std::atomic<bool> g_is_recording = false;
std::mutex g_mutex;
Transaction g_open;  // the store has one writer
std::vector<Transaction> g_written;

bool is_write(std::string_view sql) {
    return sql.starts_with("INSERT") || sql.starts_with("UPDATE") || sql.starts_with("DELETE");
}

/// One of the commits that a submission waits for.
bool is_of_submission(const Transaction& transaction) {
    return std::ranges::any_of(transaction, [](std::string_view sql) {
        return sql.starts_with("INSERT INTO intents(") ||
               sql.starts_with("INSERT INTO reservations(") ||
               sql.starts_with("INSERT INTO attempts(");
    });
}

/// The last of them.
bool ends_submission(const Transaction& transaction) {
    return std::ranges::any_of(
        transaction, [](std::string_view sql) { return sql.starts_with("INSERT INTO attempts("); });
}

class Database {
public:
    explicit Database(const std::filesystem::path& file) {
        if (sqlite3_open(file.c_str(), &database_) != SQLITE_OK) fail();
    }
    ~Database() { sqlite3_close(database_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void run(const std::string& sql) {
        if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }

    /// The sums of settled charges are tracking's and are not measured; their rows need a function.
    void stand_in_for_sums() {
        const auto status = sqlite3_create_function(
            database_, "amount_sum", 1, SQLITE_UTF8, nullptr, nullptr,
            [](sqlite3_context*, int, sqlite3_value**) {},
            [](sqlite3_context* context) { sqlite3_result_text(context, "0", 1, SQLITE_STATIC); });
        if (status != SQLITE_OK) fail();
    }

    /// @return the time of its steps alone
    Nanoseconds time(const std::string& sql) {
        sqlite3_stmt* compiled = nullptr;
        if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &compiled, nullptr) != SQLITE_OK) fail();
        const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement{
            compiled, sqlite3_finalize};
        const auto from = SteadyClock::now();
        auto status = sqlite3_step(compiled);
        while (status == SQLITE_ROW)
            status = sqlite3_step(compiled);
        const Nanoseconds took = SteadyClock::now() - from;
        if (status != SQLITE_DONE) fail();
        return took;
    }

private:
    [[noreturn]] void fail() { bug(sqlite3_errmsg(database_)); }

    sqlite3* database_ = nullptr;
};

}  // namespace

BareRows::BareRows(const std::filesystem::path& database, std::filesystem::path copy)
    : copy_{std::move(copy)} {
    Database{database}.run("VACUUM INTO '" + copy_.string() + "'");
    g_open.clear();
    g_written.clear();
    g_is_recording = true;
}

BareRows::~BareRows() {
    g_is_recording = false;
}

void BareRows::saw(sqlite3_stmt* statement) {
    if (!g_is_recording || sqlite3_stmt_busy(statement) != 0) return;
    const std::string_view sql = sqlite3_sql(statement);
    const std::scoped_lock lock{g_mutex};
    if (is_write(sql)) {
        const std::unique_ptr<char, decltype(&sqlite3_free)> text{
            sqlite3_expanded_sql(statement), sqlite3_free};
        g_open.emplace_back(text.get());
    } else if (sql.starts_with("COMMIT") && !g_open.empty()) {
        g_written.push_back(std::exchange(g_open, {}));
    }
}

Nanoseconds BareRows::replay() {
    g_is_recording = false;
    Database database{copy_};
    database.stand_in_for_sums();
    database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON");
    std::vector<Nanoseconds> times;
    Nanoseconds submission{};
    for (const auto& transaction : g_written) {
        auto took = database.time("BEGIN IMMEDIATE");
        for (const auto& sql : transaction)
            took += database.time(sql);
        took += database.time("COMMIT");
        if (!is_of_submission(transaction)) continue;
        submission += took;
        if (ends_submission(transaction)) times.push_back(std::exchange(submission, {}));
    }
    if (times.empty()) bug("no submission was recorded");
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace chela::bench
