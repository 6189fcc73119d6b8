#pragma once

#include "chains/base/units.hpp"
#include "policy/rules/document.hpp"

#include <optional>

namespace chela::policy {

/// The first moment whose charges count against a budget; empty: none of before counts.
/// @param high_water  the latest time ever charged: a clock that was moved back frees nothing
[[nodiscard]] std::optional<TimePoint> window_start(
    const Budget& budget, TimePoint high_water, TimePoint now);

}  // namespace chela::policy
