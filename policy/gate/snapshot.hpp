#pragma once

#include "policy/decide/decide.hpp"
#include "policy/ledger/ledger.hpp"

#include <span>
#include <string>

namespace chela::policy {

/// What the ledger holds of every meter that the policies limit, back to their longest windows.
/// @return as the ledger's calls
[[nodiscard]] Result<LedgerSnapshot> snapshot(
    LedgerTransaction& ledger,
    std::span<const BoundPolicy> policies,
    std::string slot,
    TimePoint now);

}  // namespace chela::policy
