#pragma once

#include "chains/simulation/simulation.hpp"

#include <cstddef>
#include <optional>

namespace chela::chains::simulation {

/// More events than a block's gas can pay for (375 gas each) are not an answer to trust.
inline constexpr std::size_t kMaxLogs = 200'000;

/// One log object. @return bad_response: not address, at most 4 topics of 32 bytes, and data
[[nodiscard]] Result<Log> read_log(const Json& log);

/// An indexed address: twelve zero bytes, then its own. @return nothing: other bytes are there
[[nodiscard]] std::optional<Address> address_in(const Hash256& topic);

/// Transfer(address,address,uint256) with both addresses indexed.
struct Transfer {
    Address from;
    Address to;
    U256 amount;                   ///< 1 for an ERC-721 token
    std::optional<U256> token_id;  ///< of an ERC-721 token: the fourth topic
};
/// @return nothing when the log is another event or not of the standard's shape
/// Source: ERC-20, ERC-721, "Transfer".
[[nodiscard]] std::optional<Transfer> as_transfer(const Log& log);

/// Was this log made by traceTransfers rather than by a contract? Source: execution-apis,
/// eth_simulateV1.
[[nodiscard]] bool is_value_transfer(const Log& log);

/// The bytes a reverted call gave back, from the `data` of an error object in any client's shape.
/// @return nothing when there are none
[[nodiscard]] std::optional<Bytes> revert_bytes(const Json& data);

}  // namespace chela::chains::simulation
