#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/store/session.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace chela::sidecar::store {

/// The lanes that one store object took, with the epoch at which it did. Thread-safe.
class LaneOwnership {
public:
    void set(const policy::Lane& lane, std::int64_t epoch);
    [[nodiscard]] std::optional<std::int64_t> epoch(const policy::Lane& lane) const;
    /// Held while a lane is taken: two who take it at once would each outdo the other. Never needed
    /// inside a transaction.
    [[nodiscard]] std::unique_lock<std::mutex> lock_for_taking() {
        return std::unique_lock{taking_};
    }

private:
    std::mutex taking_;
    mutable std::mutex mutex_;
    std::map<std::string, std::int64_t> epochs_;
};

// Each runs inside the caller's transaction.

/// Is the lane still its? @return conflict E_LANE_TAKEN: another owner took it, or this one never
/// did
[[nodiscard]] Status check_owner(
    Session& session, const LaneOwnership& ownership, const policy::Lane& lane);
/// As check_owner; also unavailable E_LANE_FROZEN.
[[nodiscard]] Status check_lane_open(
    Session& session, const LaneOwnership& ownership, const policy::Lane& lane);

}  // namespace chela::sidecar::store
