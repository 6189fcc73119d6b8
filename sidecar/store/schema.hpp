#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/session.hpp"

#include <string>

namespace chela::sidecar::store {

/// Makes every table in an empty database. Runs inside the caller's transaction.
[[nodiscard]] Status create_schema(Session& session, const std::string& org_id);

/// Runs inside the caller's transaction, which need not write.
/// @return the organisation's id, or unsupported: not a chela database, half made, or of a newer
/// version; unavailable E_SCHEMA_OLD: of an older one
[[nodiscard]] Result<std::string> open_schema(Session& session);
/// The same, and an older schema is brought up to date.
[[nodiscard]] Result<std::string> upgrade_schema(Session& session);

}  // namespace chela::sidecar::store
