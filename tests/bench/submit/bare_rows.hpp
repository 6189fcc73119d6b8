#pragma once

#include "tests/bench/submit/meter.hpp"

#include <filesystem>

struct sqlite3_stmt;

namespace chela::bench {

/// What SQLite takes for the rows of a submission and for nothing else: the writes of real ones are
/// recorded and done once more in a copy of their database, without the disk, without a read, each
/// statement compiled beforehand with its values in it. Whoever keeps these rows in SQLite, with
/// these commits, takes more than that.
class BareRows {
public:
    /// Copies the database and records from now on what is written to it. One at a time.
    /// @param database  the open one's file
    /// @param copy      where to; there is no such file yet
    BareRows(const std::filesystem::path& database, std::filesystem::path copy);
    ~BareRows();
    BareRows(const BareRows&) = delete;
    BareRows& operator=(const BareRows&) = delete;

    /// Ends the recording.
    /// @return the median of the recorded submissions, without what tracking them wrote
    [[nodiscard]] Nanoseconds replay();

    /// Of each statement that is about to be stepped, by any thread.
    static void saw(sqlite3_stmt* statement);

private:
    std::filesystem::path copy_;
};

}  // namespace chela::bench
