#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/simulation/simulation.hpp"

#include <cstdint>
#include <string_view>

namespace chela::chains::simulation {

/// A block, and how a request names it.
struct PinnedBlock {
    BlockNumber number;
    BlockHash hash;
    Pinning pinning{Pinning::by_hash};  ///< never none
};

/// The answer of `eth_getBlockByNumber`. @return bad_response: no block, or one without number or
/// hash, as a pending one is
[[nodiscard]] Result<PinnedBlock> read_block(const Json& result);

/// The block parameter of a request: {"blockHash", "requireCanonical": true}, or the number.
/// Source: EIP-1898.
[[nodiscard]] Json block_parameter(const PinnedBlock& block);

/// Was the block refused (its hash is not known there, is not canonical any more, or is not taken
/// at all), rather than the call run? Source: EIP-1898; JSON-RPC 2.0 -32602; texts of clients.
[[nodiscard]] bool is_block_refused(std::int64_t code, std::string_view message);

/// Notes in the result which block it ran on.
void pin(SimulationResult& result, const PinnedBlock& block);

}  // namespace chela::chains::simulation
