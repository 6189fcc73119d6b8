#pragma once

#include "chains/lane/plan.hpp"

#include <optional>

namespace chela::chains::lane {

/// What the chain says of one slot; empty: nothing new. @param is_included  whether it is in a
/// block now
[[nodiscard]] std::optional<Step> track(
    const Slot& slot, const Sight& sight, const Rules& rules, bool& is_included);

}  // namespace chela::chains::lane
