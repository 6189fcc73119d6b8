#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/app/chain_set.hpp"

#include <map>
#include <string>
#include <vector>

namespace chela::sidecar::app {

/// What the nodes of a lane's chain show of it now.
struct LaneOnChain {
    Nonce used;  ///< how many of its nonces: the lowest number that one of them says
    /// Of the transactions asked about, those that one of them shows, and its origin.
    std::map<TxHash, std::string> mined;
};

/// Blocking.
/// @return as make_chain_set(); unavailable: the chain has no node, or one does not answer
[[nodiscard]] Result<LaneOnChain> lane_on_chain(
    const config::Config& config,
    const StoredChains& stored,
    const policy::Lane& lane,
    std::vector<TxHash> transactions);

}  // namespace chela::sidecar::app
