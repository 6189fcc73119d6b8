#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/store/session.hpp"

namespace chela::sidecar::store {

/// Appends an entry to the hash chain. Runs inside the transaction of what it records.
[[nodiscard]] Status append_audit(Session& session, const policy::AuditEntry& entry);

}  // namespace chela::sidecar::store
