#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <optional>
#include <vector>

namespace chela::chains::node {

// Everything a node answers is untrusted: each reader checks shape and range and answers
// bad_response otherwise.

[[nodiscard]] Result<U256> read_quantity(const Json& result);
[[nodiscard]] Result<std::uint64_t> read_uint64(const Json& result);
[[nodiscard]] Result<TxHash> read_transaction_hash(const Json& result);

/// Source: eth_feeHistory.
struct FeeHistory {
    std::vector<Wei>
        base_fees;  ///< oldest first; one more than blocks: the last is the next block's
    std::vector<Wei>
        tips;  ///< one reward a block, at the percentile asked for; empty blocks give 0
};
[[nodiscard]] Result<FeeHistory> read_fee_history(const Json& result);

struct Receipt {
    TxHash hash;
    BlockHash block_hash;
    BlockNumber block_number;
    Gas gas_used;
    Wei effective_gas_price;
    bool succeeded{};
};
/// null → no receipt yet.
[[nodiscard]] Result<std::optional<Receipt>> read_receipt(const Json& result);

}  // namespace chela::chains::node
