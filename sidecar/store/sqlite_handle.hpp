#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/session.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace chela::sidecar::store {

/// The connection below an open session, for what SOCI does not offer.
inline sqlite_api::sqlite3* handle(Session& session) {
    // Connection::open() made the backend; SOCI does not export the type information to ask.
    return static_cast<soci::sqlite3_session_backend*>(session.soci().get_backend())->conn_;
}

inline bool is_in_transaction(Session& session) {
    return sqlite_api::sqlite3_get_autocommit(handle(session)) == 0;
}

/// When the disk is full or memory is short, SQLite undoes a transaction without being asked.
inline std::unexpected<Error> ended_by_itself() {
    return fail(
        ErrorCode::unavailable, "the store ended a transaction by itself", "E_STORE_UNAVAILABLE");
}

}  // namespace chela::sidecar::store
