#pragma once

#include "chains/base/json.hpp"
#include "chains/preimage/preimage.hpp"

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {

/// What asks an authority for exactly one signature.
struct SignRequest {
    std::string_view operation;  ///< of the agent: POST /v1/agents/{id}/OPERATION
    Json body;
};

/// @param named_chain  see ApprovedPreimage::named_chain(); for messages and typed data
/// @return unsupported E_AUTHORITY_UNSUPPORTED: the API cannot express it (creations, access lists,
/// blobs, delegations, user operations, data for a validator)
[[nodiscard]] Result<SignRequest> sign_request(
    const chains::Preimage::Content& content, std::optional<ChainId> named_chain);

}  // namespace chela::sidecar::authority
