#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include <soci/soci.h>

namespace chela::sidecar::store {

/// A SOCI session that keeps its prepared statements.
/// Threads: one at a time.
class Session {
public:
    /// One use of a prepared statement. What is not kept is finalized: after an error, and when
    /// rows are left.
    class Lease {
    public:
        Lease(Session& session, const std::string& text);
        soci::statement& operator*() { return *statement_; }
        soci::statement* operator->() { return statement_.get(); }
        /// Every row was taken: the statement may serve again.
        void keep();

    private:
        Session& session_;
        const std::string& text_;
        std::unique_ptr<soci::statement> statement_;
    };

    soci::session& soci() { return soci_; }

private:
    soci::session soci_;  ///< outlives its statements
    std::unordered_map<std::string, std::unique_ptr<soci::statement>> idle_;
};

}  // namespace chela::sidecar::store
