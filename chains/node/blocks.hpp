#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace chela::chains::node {

/// What is kept of a block's header.
struct Head {
    BlockNumber number;
    BlockHash hash;
    BlockHash parent;
    std::uint64_t timestamp{};    ///< seconds since 1970, as the block's maker says
    std::optional<Wei> base_fee;  ///< empty: the chain has none (before EIP-1559)
    auto operator<=>(const Head&) const = default;
};

enum class BlockTag : std::uint8_t { latest, finalized };
/// Source: Ethereum JSON-RPC, "The default block parameter".
[[nodiscard]] std::string_view to_string(BlockTag tag);

/// The parameters of eth_getBlockByNumber, without transactions.
[[nodiscard]] Json block_by_number_parameters(BlockTag tag);
/// The parameters of eth_getBlockByHash, without transactions.
[[nodiscard]] Json block_by_hash_parameters(const BlockHash& hash);

/// A header with number, hash, parentHash, timestamp and baseFeePerGas; other members are not
/// looked at.
/// @return bad_response: a member is missing or no such value; so is a pending block's
[[nodiscard]] Result<Head> read_head(const Json& header);
/// As read_head; null → there is no such block.
[[nodiscard]] Result<std::optional<Head>> read_block(const Json& result);

/// Does this error to a question for a tagged block say that the node has no block of that tag?
/// geth, Erigon: "finalized block not found"; reth, Nethermind: -39001 "unknown block"; older
/// clients: -32602.
[[nodiscard]] bool is_tag_missing(std::int64_t code, std::string_view message);

}  // namespace chela::chains::node
