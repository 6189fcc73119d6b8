#pragma once

#include "chains/base/json.hpp"
#include "sidecar/store/records.hpp"

#include <cstdint>

namespace chela::sidecar::api {

enum class ChainRequestKind : std::uint8_t { create, update };

/// Lays a CreateChainRequest or UpdateChainRequest over a chain; absent members keep their value,
/// or at first take what the table of well-known chains has. Beside the published members there are
/// max_fee_per_transaction ("0.01 ETH"), confirmations, finality, has_eip1559 and block_time_ms.
/// The CLI builds the same object, so there is one reading of what an operator asks for. Whether
/// the chain may be used so is flow::check_chain()'s to say.
/// @return invalid_input naming the member
[[nodiscard]] Status apply_chain_request(
    store::ChainRecord& record, const Json& request, ChainRequestKind kind);

}  // namespace chela::sidecar::api
