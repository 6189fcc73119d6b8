#pragma once

#include "sidecar/store/store.hpp"

#include <string>

namespace chela::sidecar::api {

/// Blocking. Another agent's transactions are not there for this one.
/// @return not_found E_NO_TRANSACTION; as IntentStore::intent otherwise
[[nodiscard]] Result<store::IntentRecord> own_transaction(
    store::Store& store, const std::string& agent_id, const std::string& intent_id);

}  // namespace chela::sidecar::api
