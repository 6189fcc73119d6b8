#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/app/chain_set.hpp"

#include <set>
#include <vector>

namespace chela::sidecar::app {

/// What the nodes of a lane's chain show of it now.
struct LaneOnChain {
    Nonce used;              ///< how many of its nonces: the lowest number that one of them says
    std::set<TxHash> mined;  ///< of the transactions asked about, those that one of them shows
};

/// Blocking.
/// @return as make_chain_set(); unavailable: the chain has no node, or none answers a question
[[nodiscard]] Result<LaneOnChain> lane_on_chain(
    const config::Config& config,
    const StoredChains& stored,
    const policy::Lane& lane,
    std::vector<TxHash> transactions);

}  // namespace chela::sidecar::app
