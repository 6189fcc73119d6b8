#pragma once

#include "chains/base/json.hpp"
#include "sidecar/flow/stored_request.hpp"

#include <string>

namespace chela::sidecar::api {

/// A SignIntentRequest, read.
struct SignRequest {
    std::string intent_type;
    flow::AnyRequest request;
};

/// Reads a SignIntentRequest: personal_sign, typed_data, transaction, and chela's own
/// user_operation and authorization. Each takes its own members and no others.
/// @return invalid_input, out_of_range, not_found E_UNKNOWN_CHAIN or unsupported, naming the
/// member; denied E_BLIND_DIGEST for eip712_digest
[[nodiscard]] Result<SignRequest> read_sign_request(
    const Json& body, const chains::Registry& registry);

}  // namespace chela::sidecar::api
