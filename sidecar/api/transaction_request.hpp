#pragma once

#include "chains/base/json.hpp"
#include "chains/fees/fees.hpp"
#include "sidecar/flow/request.hpp"
#include "sidecar/http/message.hpp"

#include <cstdint>
#include <optional>

namespace chela::sidecar::api {

enum class TransactionRequestKind : std::uint8_t { submit, sign, simulate };

/// Reads a SubmitTransactionRequest, SignTransactionRequest or SimulateTransactionRequest.
/// @return invalid_input, out_of_range, not_found E_UNKNOWN_CHAIN or unsupported, naming the member
[[nodiscard]] Result<flow::IntentRequest> read_transaction_request(
    const Json& body, TransactionRequestKind kind, const chains::Registry& registry);

/// Of a request to speed a transaction up: what it is to pay at least; empty: what the market asks.
/// An empty body is one. @return invalid_input E_FEES: one fee without the other, or a tip above
/// the maximum; E_BODY, E_UNKNOWN_FIELD
[[nodiscard]] Result<std::optional<chains::fees::Eip1559Fees>> read_speed_up_request(
    const http::Request& request);

}  // namespace chela::sidecar::api
