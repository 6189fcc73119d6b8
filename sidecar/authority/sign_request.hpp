#pragma once

#include "chains/base/json.hpp"
#include "chains/tx/transaction.hpp"

namespace chela::sidecar::authority {

/// The body of POST /v1/agents/{id}/transactions/sign that asks for exactly this transaction.
/// @return unsupported E_AUTHORITY_TRANSACTION: the API cannot express it (creations, access lists,
/// blobs, delegations)
[[nodiscard]] Result<Json> sign_request(const chains::Transaction& transaction);

}  // namespace chela::sidecar::authority
