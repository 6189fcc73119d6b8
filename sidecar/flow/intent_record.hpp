#pragma once

#include "sidecar/flow/stored_request.hpp"
#include "sidecar/store/store.hpp"

#include <string>

namespace chela::sidecar::flow {

/// A new intent in state `received`. @param idempotency_hash  hash_idempotency_key()
[[nodiscard]] store::IntentRecord new_intent(
    const std::string& agent_id,
    const std::string& idempotency_hash,
    const AnyRequest& request,
    const store::SigningKeyRecord& key,
    TimePoint now);

}  // namespace chela::sidecar::flow
