#pragma once

#include <cstdint>
#include <string_view>

namespace chela::chains::node {

/// What a node's refusal of eth_sendRawTransaction means. Unknown text is ambiguous, never a
/// failure. Source: research "Node rules", rule 5 of the lifecycle.
enum class SendOutcome : std::uint8_t {
    accepted,
    known,           ///< it has these bytes already
    ambiguous,       ///< it may have them
    never_accepted,  ///< bad signature, wrong chain, intrinsic gas, oversized, over the block gas
                     ///< limit, no funds
    nonce_low,
    nonce_high,
    underpriced,
    replacement_underpriced,
    pool_full
};
[[nodiscard]] std::string_view to_string(SendOutcome outcome);

/// @param message  the error's text from any client, in any case: geth, reth, Besu, Nethermind,
/// Erigon, anvil, Hardhat, OpenEthereum, and the sequencers of OP Stack, Arbitrum and ZKsync
[[nodiscard]] SendOutcome classify_send_error(std::string_view message);

}  // namespace chela::chains::node
