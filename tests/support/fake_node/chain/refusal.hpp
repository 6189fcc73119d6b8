#pragma once

#include "chains/base/units.hpp"
#include "sidecar/node/client.hpp"

#include <cstdint>
#include <string>

namespace chela::test::fake_node {

/// Whose words and codes a node answers with. The rules stay geth's.
enum class Flavour : std::uint8_t { geth, besu, nethermind, anvil };

/// Why a node does not take a transaction.
enum class RefusalKind : std::uint8_t {
    undecodable,
    unprotected,  ///< legacy without EIP-155
    wrong_chain,
    bad_signature,
    over_fee_cap,  ///< of the node's RPC
    oversized,
    over_transaction_gas,
    over_block_gas,
    below_intrinsic_gas,
    below_floor_gas,
    below_minimum_tip,
    no_sidecar,
    already_known,
    nonce_too_low,
    nonce_gap,  ///< of a blob transaction
    insufficient_funds,
    account_limit,
    address_reserved,
    authority_reserved,
    delegated_gap,
    delegated_in_flight,
    replacement_underpriced,
    underpriced,  ///< cheaper than everything in a full pool
    pool_full,
    future_replaces_pending
};

struct Refusal {
    RefusalKind kind{RefusalKind::undecodable};
    /// What geth puts behind its sentence, with the colon and the space: ": next nonce 5, tx nonce
    /// 4".
    std::string detail;
};

/// The error object of that client.
[[nodiscard]] sidecar::node::RpcError to_error(const Refusal& refusal, Flavour flavour);

}  // namespace chela::test::fake_node
