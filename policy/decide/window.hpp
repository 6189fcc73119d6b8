#pragma once

#include "chains/base/units.hpp"
#include "policy/ledger/charge.hpp"
#include "policy/rules/document.hpp"

#include <optional>

namespace chela::policy {

/// The first moment whose charges count against a budget; empty: none of before counts.
/// @param high_water  the latest time ever charged: a clock that was moved back frees nothing
[[nodiscard]] std::optional<TimePoint> window_start(
    const Budget& budget, TimePoint high_water, TimePoint now);

/// What still counts of the budget at `now`, without the snapshot's own slot.
/// @return what does not fit 256 bits is the largest number
[[nodiscard]] U256 spent_of(
    const Budget& budget, const MeterKey& key, const LedgerSnapshot& ledger, TimePoint now);

}  // namespace chela::policy
