#pragma once

#include "policy/gate/gate.hpp"

namespace chela::policy {

/// The nonce that a transaction of the request gets: the one after the lane's highest, or the
/// chain's on an unused lane.
/// @return unavailable E_NONCE_FOREIGN: the chain is ahead of what chela gave out; conflict
/// E_NONCE_NOT_NEXT: the caller insists on another; out_of_range: there is none left
[[nodiscard]] Result<Nonce> next_nonce(
    LedgerTransaction& ledger, const GateRequest& request, ChainId chain);

}  // namespace chela::policy
