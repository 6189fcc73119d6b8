#pragma once

#include "chains/base/json.hpp"
#include "sidecar/flow/request.hpp"

#include <cstdint>

namespace chela::sidecar::api {

enum class TransactionRequestKind : std::uint8_t { submit, sign, simulate };

/// Reads a SubmitTransactionRequest, SignTransactionRequest or SimulateTransactionRequest.
/// @return invalid_input, out_of_range, not_found E_UNKNOWN_CHAIN or unsupported, naming the member
[[nodiscard]] Result<flow::IntentRequest> read_transaction_request(
    const Json& body, TransactionRequestKind kind, const chains::Registry& registry);

}  // namespace chela::sidecar::api
