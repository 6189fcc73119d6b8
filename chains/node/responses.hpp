#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <optional>
#include <string_view>
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
    Wei other_fees{};  ///< of blob gas, and a rollup's l1Fee, where the node tells them
    bool operator==(const Receipt&) const = default;
};
/// What the sender paid besides the value. @return out_of_range: more than 256 bits
[[nodiscard]] Result<Wei> paid_fee(const Receipt& receipt);
/// null → no receipt yet.
[[nodiscard]] Result<std::optional<Receipt>> read_receipt(const Json& result);

/// That a node has a transaction, and where. Source: eth_getTransactionByHash.
struct KnownTransaction {
    TxHash hash;
    std::optional<BlockHash> block_hash;  ///< empty: it is in no block yet
};
/// null → the node does not know it. Members besides hash and blockHash are not looked at.
[[nodiscard]] Result<std::optional<KnownTransaction>> read_known_transaction(const Json& result);

/// The code of an account; empty: it has none. @return bad_response: also over 1 MiB
/// Source: eth_getCode; EIP-170 allows 24 KiB, some chains more.
[[nodiscard]] Result<Bytes> read_code(const Json& result);

/// Does this error object say that the node has too much to do, and nothing about the question?
[[nodiscard]] bool is_rate_limit(std::string_view message);

}  // namespace chela::chains::node
