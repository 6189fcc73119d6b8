#pragma once

#include "chains/base/json.hpp"
#include "chains/base/units.hpp"
#include "chains/tx/access_list.hpp"

#include <optional>
#include <string>

namespace chela::chains::node {

/// A transaction as the read methods of a node take it (eth_call, eth_estimateGas, eth_simulateV1,
/// debug_traceCall).
struct CallRequest {
    Address from;
    std::optional<Address> to;
    Wei value;
    Bytes data;
    std::optional<Gas> gas;
    std::optional<Wei> max_fee_per_gas;  ///< with max_priority_fee_per_gas: type 2
    std::optional<Wei> max_priority_fee_per_gas;
    std::optional<Wei> gas_price;  ///< legacy
    AccessList access_list;        ///< empty: none is sent
};

/// The JSON object with QUANTITY and DATA members. Source: Ethereum JSON-RPC, GenericTransaction.
[[nodiscard]] Json to_json(const CallRequest& call);

}  // namespace chela::chains::node
