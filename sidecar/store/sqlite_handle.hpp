#pragma once

#include "sidecar/store/session.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace chela::sidecar::store {

/// The connection below an open session, for what SOCI does not offer.
inline sqlite_api::sqlite3* handle(Session& session) {
    // Connection::open() made the backend; SOCI does not export the type information to ask.
    return static_cast<soci::sqlite3_session_backend*>(session.soci().get_backend())->conn_;
}

}  // namespace chela::sidecar::store
