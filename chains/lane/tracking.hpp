#pragma once

#include "chains/lane/plan.hpp"

#include <optional>

namespace chela::chains::lane {

/// Since block `since`. A block far above the head was a node's mistake when it was noted, and
/// holds nothing up.
[[nodiscard]] inline bool has_passed(BlockNumber since, std::uint64_t blocks, BlockNumber head) {
    constexpr std::uint64_t kDeepestReorganization = 128;
    if (since > head) return since.value - head.value > kDeepestReorganization;
    return head.value - since.value >= blocks;
}

/// What the chain says of one slot; empty: nothing new. @param is_included  whether it is in a
/// block now
[[nodiscard]] std::optional<Step> track(
    const Slot& slot, const Sight& sight, const Rules& rules, bool& is_included);

}  // namespace chela::chains::lane
