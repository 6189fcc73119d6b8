#pragma once

#include "chains/base/json.hpp"
#include "chains/message/typed_data.hpp"

namespace chela::chains {

/// The data as read_typed_data() takes it: it reads back to the same bytes. The domain is always
/// declared; numbers are decimal strings, bytes are hex, addresses have their checksum.
/// Source: EIP-712, "Specification of the eth_signTypedData JSON RPC".
[[nodiscard]] Json to_json(const TypedData& data);

}  // namespace chela::chains
