#include "chains/lane/plan.hpp"

#include "chains/lane/tracking.hpp"

#include <algorithm>

namespace chela::chains::lane {
namespace {

AttemptKind kind_of(Goal goal) {
    return goal == Goal::fill ? AttemptKind::noop : AttemptKind::cancel;
}

bool is_replacing(const Slot& slot) {
    return slot.goal != Goal::execute;
}

/// The last attempt does nothing in place of what was asked for.
bool ends_in_nothing(const Slot& slot) {
    const auto kind =
        slot.unsigned_kind
            ? slot.unsigned_kind
            : (slot.attempts.empty() ? std::nullopt : std::optional{slot.attempts.back().kind});
    return kind && !carries_the_intent(*kind);
}

bool is_carried_by_caller(const Slot& slot) {
    return slot.carrier == Carrier::caller && !ends_in_nothing(slot);
}

/// Since when it waits to be included, as far as is known.
std::optional<BlockNumber> waiting_since(const Slot& slot) {
    if (slot.attempts.back().seen_at) return slot.attempts.back().seen_at;
    if (slot.sending) return slot.sending->first_at;
    return std::nullopt;
}

/// Unless its caller asks for it, only the lane's head is replaced: what stands behind it waits for
/// it, whatever it pays. @pre it has an attempt
bool wants_replacement(const Slot& slot, const Sight& sight, const Rules& rules) {
    if (is_carried_by_caller(slot)) return false;
    // A cancellation has as many of its own.
    const auto most = is_replacing(slot) ? 2 * rules.most_attempts : rules.most_attempts;
    if (slot.attempts.size() >= most) return false;
    if (slot.is_urgent) return true;
    if (slot.nonce != sight.used) return false;
    if (slot.refused_at && !has_passed(*slot.refused_at, rules.bump_after, sight.head))
        return false;
    // Heads that race ahead, as a node may claim, buy no fees.
    if (sight.now - slot.attempts.back().signed_at < rules.bump_pause) return false;
    const auto since = waiting_since(slot);
    return since && has_passed(*since, rules.bump_after, sight.head);
}

bool is_due(const Slot& slot, const Sight& sight, const Rules& rules) {
    if (!slot.sending) return true;
    if (!slot.attempts.back().seen_at) return slot.sending->ago >= rules.retry_after;
    return has_passed(slot.sending->at, rules.resend_after, sight.head);
}

/// One slot's steps, and whether the next nonce may go out after it.
class SlotPlan {
public:
    SlotPlan(const Slot& slot, const Sight& sight, const Rules& rules, std::vector<Step>& steps)
        : slot_{slot},
          sight_{sight},
          rules_{rules},
          steps_{steps} {}

    void begin() {
        if (!is_replacing(slot_)) {
            const bool is_over = slot_.valid_until && sight_.now >= *slot_.valid_until;
            if (is_over) steps_.emplace_back(Expire{slot_.nonce});
            has_expired_ = is_over;
            return;
        }
        if (ends_in_nothing(slot_) || was_just_refused()) return;
        if (slot_.attempts.empty()) {
            steps_.emplace_back(Withdraw{slot_.nonce});
        } else {
            steps_.emplace_back(Replace{slot_.nonce, kind_of(slot_.goal)});
        }
        is_replaced_ = true;
    }

    /// @return whether what has the next nonce may be sent in this round
    bool go_on(bool is_in_order, bool is_in_window) {
        if (is_replaced_ || has_expired_) return false;  // the next round knows more
        if (is_replacing(slot_) && slot_.attempts.empty() && !ends_in_nothing(slot_)) return false;
        if (slot_.unsigned_kind) {
            steps_.emplace_back(Sign{slot_.nonce});
            // Its bytes go out with the next round; a caller's may never.
            return is_in_order && slot_.attempts.empty() && slot_.carrier == Carrier::caller;
        }
        if (slot_.attempts.empty()) return false;
        if (is_carried_by_caller(slot_)) return is_in_order;
        if (wants_replacement(slot_, sight_, rules_)) {
            const auto kind = is_replacing(slot_) ? kind_of(slot_.goal) : AttemptKind::bump;
            steps_.emplace_back(Replace{slot_.nonce, kind});
        }
        return send(is_in_order, is_in_window);
    }

private:
    bool was_just_refused() const {
        return slot_.refused_at && !has_passed(*slot_.refused_at, 1, sight_.head);
    }

    bool send(bool is_in_order, bool is_in_window) {
        const bool is_known = slot_.attempts.back().seen_at.has_value();
        if (!is_in_order || !is_in_window) {
            if (!is_known) steps_.emplace_back(Wait{slot_.nonce});
            return false;
        }
        if (is_due(slot_, sight_, rules_)) {
            steps_.emplace_back(Send{slot_.nonce});
            return true;  // the driver ends the round when no node confirms it
        }
        return is_known;
    }

    const Slot& slot_;
    const Sight& sight_;
    const Rules& rules_;
    std::vector<Step>& steps_;
    bool is_replaced_ = false;
    bool has_expired_ = false;
};

void advance(
    const std::vector<const Slot*>& waiting,
    const Sight& sight,
    const Rules& rules,
    std::vector<Step>& steps) {
    if (waiting.empty()) return;
    const auto lowest = waiting.front()->nonce;
    if (sight.used < lowest) steps.emplace_back(Restore{sight.used, lowest});
    bool is_in_order = true;
    for (const auto* slot : waiting) {
        SlotPlan of{*slot, sight, rules, steps};
        of.begin();
        const bool is_in_window = slot->nonce.value - lowest.value < rules.window;
        is_in_order = of.go_on(is_in_order, is_in_window) && is_in_order;
    }
}

}  // namespace

std::vector<TxHash> lookups(const Lane& lane, Nonce used, Included included) {
    std::vector<TxHash> hashes;
    for (const auto& slot : lane.slots) {
        if (slot.nonce >= used && !slot.inclusion) continue;
        if (slot.inclusion && included == Included::leave_out) continue;
        for (const auto& attempt : slot.attempts)
            hashes.push_back(attempt.hash);
    }
    return hashes;
}

std::vector<Step> plan(const Lane& lane, const Sight& sight, const Rules& rules) {
    std::vector<Step> steps;
    std::vector<const Slot*> waiting;  // for a block
    for (const auto& slot : lane.slots) {
        bool is_included = false;
        const auto step = track(slot, sight, rules, is_included);
        const bool is_said = lane.is_frozen && step && std::holds_alternative<Freeze>(*step);
        if (step && !is_said) steps.push_back(*step);
        // What the chain has used is no matter of sending any more.
        if (!is_included && slot.nonce >= sight.used) waiting.push_back(&slot);
    }
    if (!lane.is_frozen) advance(waiting, sight, rules, steps);
    return steps;
}

}  // namespace chela::chains::lane
