#pragma once

#include "chains/lane/lane.hpp"
#include "sidecar/store/records.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chela::sidecar::flow {

/// What a lane's worker remembers from round to round. None of it is needed after a restart: it
/// only says when something was last tried.
class LaneMemory {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// The durable slots with what is remembered of them.
    [[nodiscard]] chains::lane::Lane lane_of(
        const store::LaneRecord& lane, const std::vector<store::SlotRecord>& slots, Time now) const;

    void sent(const std::string& intent_id, unsigned attempt, BlockNumber at_head, Time now);
    void forget_sending(const std::string& intent_id) { sent_.erase(intent_id); }
    void forget_all_sending() { sent_.clear(); }
    void replacement_refused(
        const std::string& intent_id, chains::lane::AttemptKind kind, BlockNumber at_head) {
        refused_[intent_id] = {kind, at_head};
    }
    /// @return how often in a row
    unsigned never_accepted(const std::string& intent_id) { return ++never_accepted_[intent_id]; }
    void may_be_accepted(const std::string& intent_id) { never_accepted_.erase(intent_id); }
    void missing(const std::string& intent_id, BlockNumber at_head, bool is_missing_everywhere);
    void found(const std::string& intent_id) {
        missing_since_.erase(intent_id);
        missing_everywhere_.erase(intent_id);
    }
    /// Drops what is remembered of all others.
    void keep_only(const std::vector<store::SlotRecord>& slots);

    BlockNumber head;  ///< as it was last seen
    /// When what is in blocks was last looked for, and the head then.
    std::optional<std::pair<BlockNumber, TimePoint>> looked_at;
    std::optional<BlockNumber> window_known_at;  ///< when the account's code was last asked for
    std::size_t window = 16;
    std::map<Nonce, BlockNumber> restored_at;  ///< final ones that were handed in again

private:
    struct Sent {
        unsigned attempt = 0;
        BlockNumber at, first_at;
        Time time;
    };
    std::map<std::string, Sent> sent_;
    struct Refused {
        chains::lane::AttemptKind kind{chains::lane::AttemptKind::bump};
        BlockNumber at;
    };
    std::map<std::string, Refused> refused_;
    std::map<std::string, BlockNumber> missing_since_;
    std::map<std::string, unsigned> never_accepted_;
    std::set<std::string> missing_everywhere_;
};

}  // namespace chela::sidecar::flow
