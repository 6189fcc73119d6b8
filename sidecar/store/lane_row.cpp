#include "sidecar/store/lane_row.hpp"

#include "sidecar/store/intent_row.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

using chains::lane::Goal;

struct LaneRow {
    Integer chain_id{};
    std::string address;
    Integer epoch{}, next_floor{};
    std::optional<Integer> frozen_at;
    std::string frozen_reason;
    std::optional<Integer> highest;
    Integer open{};

    auto columns() {
        return std::tie(
            chain_id, address, epoch, next_floor, frozen_at, frozen_reason, highest, open);
    }
    [[nodiscard]] Result<LaneRecord> record() const {
        ColumnReader read;
        LaneRecord out;
        out.lane = {ChainId{read.number(chain_id)}, read.fixed<Address>(address)};
        out.epoch = epoch;
        out.next_floor = Nonce{read.number(next_floor)};
        out.frozen_at = read.time(frozen_at);
        out.frozen_reason = frozen_reason;
        if (highest) out.highest = Nonce{read.number(*highest)};
        out.open = read.number(open);
        if (!read.status()) return std::unexpected{read.status().error()};
        return out;
    }
};

const std::string kSelect = fmt::format(
    "SELECT l.chain_id, l.address, l.epoch, l.next_floor, l.frozen_at, l.frozen_reason, "
    "(SELECT max(r.nonce) FROM reservations r WHERE r.chain_id = l.chain_id AND "
    "r.address = l.address AND r.state <> 'released' AND r.nonce IS NOT NULL), "
    "(SELECT count(*) FROM intents i WHERE i.chain_id = l.chain_id AND "
    "i.from_address = l.address AND {}) FROM lanes l ",
    kIsOpen);

}  // namespace

Result<LaneColumns> to_columns(const policy::Lane& lane) {
    const auto chain_id = to_column(lane.chain.value, "chain id");
    if (!chain_id) return std::unexpected{chain_id.error()};
    return LaneColumns{*chain_id, to_hex(lane.address)};
}

Result<std::optional<LaneRecord>> find_lane(Session& session, const policy::Lane& lane) {
    const auto at = to_columns(lane);
    if (!at) return std::unexpected{at.error()};
    return select_one<LaneRow>(
        session, kSelect + "WHERE l.chain_id = :chain_id AND l.address = :address", at->chain_id,
        at->address);
}

Result<std::vector<LaneRecord>> select_lanes(Session& session) {
    return select_all<LaneRow>(session, kSelect + "ORDER BY l.chain_id, l.address");
}

std::string_view to_string(Goal goal) {
    switch (goal) {
        case Goal::execute:
            return "execute";
        case Goal::cancel:
            return "cancel";
        case Goal::fill:
            return "fill";
    }
    bug("a Goal that does not exist");
}

std::optional<Goal> parse_goal(std::string_view word) {
    for (const auto goal : {Goal::execute, Goal::cancel, Goal::fill})
        if (word == to_string(goal)) return goal;
    return std::nullopt;
}

}  // namespace chela::sidecar::store
