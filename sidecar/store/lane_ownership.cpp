#include "sidecar/store/lane_ownership.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/lane_row.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

std::string name_of(const policy::Lane& lane) {
    return fmt::format("{}/{}", lane.chain.value, to_hex(lane.address));
}

std::unexpected<Error> taken(std::string_view why) {
    return fail(
        ErrorCode::unavailable,
        fmt::format(
            "{}: this process writes no nonces of it any more; stop it, or the other one", why),
        "E_LANE_TAKEN");
}

/// What decides whether a lane may be written; its counts are for those who look at it.
struct OwnedRow {
    Integer epoch{}, is_frozen{};
    std::string frozen_reason;

    auto columns() { return std::tie(epoch, is_frozen, frozen_reason); }
    [[nodiscard]] Result<OwnedRow> record() const { return *this; }
};

Result<OwnedRow> find_owned(
    Session& session, const LaneOwnership& ownership, const policy::Lane& lane) {
    const auto epoch = ownership.epoch(lane);
    if (!epoch) return taken("the lane was never taken");
    const auto at = to_columns(lane);
    if (!at) return std::unexpected{at.error()};
    auto found = select_one<OwnedRow>(
        session,
        "SELECT epoch, frozen_at IS NOT NULL, frozen_reason FROM lanes WHERE "
        "chain_id = :chain_id AND address = :address",
        at->chain_id, at->address);
    if (!found) return std::unexpected{found.error()};
    if (!*found || (*found)->epoch != *epoch) return taken("another process has taken the lane");
    return **std::move(found);
}

}  // namespace

void LaneOwnership::set(const policy::Lane& lane, std::int64_t epoch) {
    const std::lock_guard lock{mutex_};
    epochs_[name_of(lane)] = epoch;
}

std::optional<std::int64_t> LaneOwnership::epoch(const policy::Lane& lane) const {
    const std::lock_guard lock{mutex_};
    const auto found = epochs_.find(name_of(lane));
    if (found == epochs_.end()) return std::nullopt;
    return found->second;
}

Status check_owner(Session& session, const LaneOwnership& ownership, const policy::Lane& lane) {
    const auto owned = find_owned(session, ownership, lane);
    if (!owned) return std::unexpected{owned.error()};
    return {};
}

Status check_lane_open(Session& session, const LaneOwnership& ownership, const policy::Lane& lane) {
    const auto owned = find_owned(session, ownership, lane);
    if (!owned) return std::unexpected{owned.error()};
    if (owned->is_frozen == 0) return {};
    return fail(
        ErrorCode::unavailable,
        fmt::format(
            "the lane is frozen: {}; an operator looks into it and runs `chela lane unfreeze`",
            owned->frozen_reason),
        "E_LANE_FROZEN");
}

}  // namespace chela::sidecar::store
