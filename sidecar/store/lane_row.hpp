#pragma once

#include "sidecar/store/columns.hpp"
#include "sidecar/store/records.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace chela::sidecar::store {

// Each runs inside the caller's transaction.

/// @return empty: nobody ever took it
[[nodiscard]] Result<std::optional<LaneRecord>> find_lane(
    Session& session, const policy::Lane& lane);
[[nodiscard]] Result<std::vector<LaneRecord>> select_lanes(Session& session);

/// The columns that name a lane. @return out_of_range
struct LaneColumns {
    Integer chain_id{};
    std::string address;
};
[[nodiscard]] Result<LaneColumns> to_columns(const policy::Lane& lane);

/// "execute", "cancel", "fill"
[[nodiscard]] std::string_view to_string(chains::lane::Goal goal);
[[nodiscard]] std::optional<chains::lane::Goal> parse_goal(std::string_view word);

}  // namespace chela::sidecar::store
