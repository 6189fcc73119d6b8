#include "tests/bench/submit/bare_commits.hpp"

#include "chains/base/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace chela::bench {
namespace {

constexpr std::size_t kRounds = 400;
constexpr std::size_t kRow = 600;  // bytes; those of an intent are more

class Database {
public:
    Database() {
        const auto path = folder_.path() / "bare.db";
        if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) bug("the database does not open");
        run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "CREATE TABLE rows(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
        begin_ = prepare("BEGIN IMMEDIATE");
        insert_ = prepare("INSERT INTO rows(text) VALUES(?)");
        commit_ = prepare("COMMIT");
    }
    ~Database() {
        for (auto* statement : {begin_, insert_, commit_})
            sqlite3_finalize(statement);
        sqlite3_close(database_);
    }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void commit_row(const std::string& text) {
        step(begin_);
        if (sqlite3_bind_text(
                insert_, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC) != SQLITE_OK)
            bug(sqlite3_errmsg(database_));
        step(insert_);
        step(commit_);
    }

private:
    void run(const char* sql) {
        if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            bug(sqlite3_errmsg(database_));
    }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK)
            bug(sqlite3_errmsg(database_));
        return statement;
    }
    void step(sqlite3_stmt* statement) {
        if (sqlite3_step(statement) != SQLITE_DONE) bug(sqlite3_errmsg(database_));
        sqlite3_reset(statement);
    }

    test::TempDir folder_;
    sqlite3* database_ = nullptr;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
};

}  // namespace

Nanoseconds bare_commits(unsigned commits) {
    Database database;
    const std::string text(kRow, 'x');
    std::vector<Nanoseconds> times;
    times.reserve(kRounds);
    for (std::size_t round = 0; round < kRounds; ++round) {
        const auto flushed_before = flushed().time;
        const auto from = SteadyClock::now();
        for (unsigned i = 0; i < commits; ++i)
            database.commit_row(text);
        const Nanoseconds took = SteadyClock::now() - from;
        times.push_back(took - (flushed().time - flushed_before));
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace chela::bench
