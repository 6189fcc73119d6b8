#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/app/chain_set.hpp"

namespace chela::sidecar::app {

/// How many transactions of the lane's account are on the chain: the lowest number that one of its
/// nodes says. Blocking.
/// @return as make_chain_set(); unavailable: the chain has no node, or none answers
[[nodiscard]] Result<Nonce> count_on_chain(
    const config::Config& config, const StoredChains& stored, const policy::Lane& lane);

}  // namespace chela::sidecar::app
