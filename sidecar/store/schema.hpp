#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/session.hpp"

#include <string>

namespace chela::sidecar::store {

/// Makes every table in an empty database. Runs inside the caller's transaction.
[[nodiscard]] Status create_schema(Session& session, const std::string& org_id);

/// Brings an older schema up to date. Runs inside the caller's transaction.
/// @return the organisation's id, or unsupported: not a chela database, half made, or of a newer
/// version
[[nodiscard]] Result<std::string> open_schema(Session& session);

}  // namespace chela::sidecar::store
