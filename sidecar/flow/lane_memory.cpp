#include "sidecar/flow/lane_memory.hpp"

#include <algorithm>

namespace chela::sidecar::flow {

namespace lane = chains::lane;

namespace {

template <class Map>
std::optional<typename Map::mapped_type> find(const Map& map, const std::string& id) {
    const auto found = map.find(id);
    if (found == map.end()) return std::nullopt;
    return found->second;
}

std::optional<lane::Inclusion> inclusion_of(const store::IntentRecord& intent) {
    if (intent.state != store::IntentState::mined || !intent.block_number || !intent.block_hash)
        return std::nullopt;
    return lane::Inclusion{
        intent.mined_attempt.value_or(1), *intent.block_number, *intent.block_hash};
}

}  // namespace

lane::Lane LaneMemory::lane_of(
    const store::LaneRecord& lane, const std::vector<store::SlotRecord>& slots, Time now) const {
    lane::Lane out;
    out.is_frozen = lane.frozen_at.has_value();
    for (const auto& [intent, attempts, unsigned_kind] : slots) {
        lane::Slot slot;
        slot.nonce = intent.nonce.value_or(Nonce{});
        slot.goal = intent.goal;
        slot.carrier = waits_for_its_caller(intent) ? lane::Carrier::caller : lane::Carrier::chela;
        slot.unsigned_kind = unsigned_kind;
        for (const auto& attempt : attempts)
            slot.attempts.push_back(
                {attempt.number, attempt.kind, attempt.hash, attempt.seen_at, attempt.signed_at});
        slot.inclusion = inclusion_of(intent);
        slot.valid_until = intent.valid_until;
        slot.is_urgent = !intent.speed_up.empty();
        const auto sent = find(sent_, intent.id);
        if (sent && !attempts.empty() && sent->attempt == attempts.back().number) {
            slot.sending = lane::Sending{
                sent->at, std::chrono::duration_cast<std::chrono::milliseconds>(now - sent->time),
                sent->first_at};
        }
        // That it may not pay more says nothing of whether it may be ended.
        const auto refused = find(refused_, intent.id);
        const bool is_wanted = intent.goal == lane::Goal::execute;
        if (refused && lane::carries_the_intent(refused->kind) == is_wanted)
            slot.refused_at = refused->at;
        slot.missing_since = find(missing_since_, intent.id);
        slot.is_confirmed_missing = missing_everywhere_.contains(intent.id);
        out.slots.push_back(std::move(slot));
    }
    return out;
}

void LaneMemory::sent(
    const std::string& intent_id, unsigned attempt, BlockNumber at_head, Time now) {
    auto& entry = sent_[intent_id];
    if (entry.attempt != attempt) entry.first_at = at_head;
    entry.attempt = attempt;
    entry.at = at_head;
    entry.time = now;
}

void LaneMemory::missing(
    const std::string& intent_id, BlockNumber at_head, bool is_missing_everywhere) {
    missing_since_.try_emplace(intent_id, at_head);
    if (is_missing_everywhere) {
        missing_everywhere_.insert(intent_id);
    } else {
        missing_everywhere_.erase(intent_id);
    }
}

void LaneMemory::keep_only(const std::vector<store::SlotRecord>& slots) {
    const auto is_gone = [&slots](const std::string& id) {
        return std::ranges::none_of(
            slots, [&id](const auto& slot) { return slot.intent.id == id; });
    };
    const auto drop = [&is_gone](auto& map) {
        std::erase_if(map, [&is_gone](const auto& entry) { return is_gone(entry.first); });
    };
    drop(sent_);
    drop(refused_);
    drop(missing_since_);
    drop(never_accepted_);
    std::erase_if(missing_everywhere_, is_gone);
}

}  // namespace chela::sidecar::flow
