#include "chains/lane/plan.hpp"

#include <gtest/gtest.h>

namespace chela::chains::lane {
namespace {

using namespace std::chrono_literals;

TxHash hash(std::uint8_t n) {
    TxHash out;
    out.bytes.back() = n;
    return out;
}

/// A slot with one attempt of the given kind, its hash made of nonce and number.
Slot signed_slot(std::uint64_t nonce, std::optional<std::uint64_t> seen_at = 100) {
    Slot slot;
    slot.nonce = Nonce{nonce};
    Attempt attempt;
    attempt.hash = hash(static_cast<std::uint8_t>(nonce * 16 + 1));
    if (seen_at) attempt.seen_at = BlockNumber{*seen_at};
    slot.attempts.push_back(attempt);
    return slot;
}

Slot unsigned_slot(std::uint64_t nonce) {
    Slot slot;
    slot.nonce = Nonce{nonce};
    slot.unsigned_kind = AttemptKind::normal;
    return slot;
}

void add_attempt(Slot& slot, AttemptKind kind, std::optional<std::uint64_t> seen_at = 100) {
    Attempt attempt;
    attempt.number = static_cast<unsigned>(slot.attempts.size()) + 1;
    attempt.kind = kind;
    attempt.hash = hash(static_cast<std::uint8_t>(slot.nonce.value * 16 + attempt.number));
    if (seen_at) attempt.seen_at = BlockNumber{*seen_at};
    slot.attempts.push_back(attempt);
}

Sending sent(std::uint64_t at, std::chrono::milliseconds ago = 0ms) {
    return {BlockNumber{at}, ago, BlockNumber{at}};
}

class lane_plan : public testing::Test {
protected:
    lane_plan() {
        sight.head = BlockNumber{100};
        rules.confirmations = 3;
    }

    std::vector<Step> steps() const { return plan(lane, sight, rules); }

    /// All asked for, and this attempt is in a block.
    void mined(
        const Slot& slot, unsigned attempt, std::uint64_t block, std::uint8_t block_hash = 1) {
        node::Receipt receipt;
        receipt.hash = slot.attempts.at(attempt - 1).hash;
        receipt.block_number = BlockNumber{block};
        receipt.block_hash.bytes.back() = block_hash;
        sight.receipts[receipt.hash] = receipt;
    }
    void ask_for_all() {
        for (const auto& slot : lane.slots)
            for (const auto& attempt : slot.attempts)
                sight.asked.insert(attempt.hash);
    }

    template <class T>
    static std::vector<T> of(const std::vector<Step>& steps) {
        std::vector<T> out;
        for (const auto& step : steps)
            if (const auto* one = std::get_if<T>(&step)) out.push_back(*one);
        return out;
    }

    Lane lane;
    Sight sight;
    Rules rules;
};

TEST_F(lane_plan, signs_what_is_reserved_and_sends_nothing_above_it_in_the_same_round) {
    lane.slots = {unsigned_slot(0), signed_slot(1, {})};
    const auto all = steps();
    ASSERT_EQ(of<Sign>(all).size(), 1U);
    EXPECT_TRUE(of<Send>(all).empty());
    EXPECT_EQ(of<Wait>(all).at(0).nonce, Nonce{1});
}

TEST_F(lane_plan, sends_in_the_order_of_nonces) {
    lane.slots = {signed_slot(0, {}), signed_slot(1, {}), signed_slot(2, {})};
    const auto sends = of<Send>(steps());
    ASSERT_EQ(sends.size(), 3U);
    EXPECT_EQ(sends[0].nonce, Nonce{0});
    EXPECT_EQ(sends[2].nonce, Nonce{2});
}

TEST_F(lane_plan, keeps_to_the_window_counted_from_the_lowest_nonce_that_is_not_mined) {
    rules.window = 2;
    for (std::uint64_t nonce = 5; nonce < 9; ++nonce)
        lane.slots.push_back(signed_slot(nonce, {}));
    sight.used = Nonce{5};
    EXPECT_EQ(of<Send>(steps()).size(), 2U);
    EXPECT_EQ(of<Wait>(steps()).size(), 2U);
    rules.window = 1;
    EXPECT_EQ(of<Send>(steps()).size(), 1U);
}

TEST_F(lane_plan, hands_in_again_what_a_node_has_only_after_some_blocks) {
    lane.slots = {signed_slot(0)};
    lane.slots[0].sending = sent(98);
    EXPECT_TRUE(of<Send>(steps()).empty());
    lane.slots[0].sending = sent(97);
    EXPECT_EQ(of<Send>(steps()).size(), 1U);
}

TEST_F(lane_plan, tries_again_what_no_node_confirmed_after_a_time_whatever_the_head) {
    lane.slots = {signed_slot(0, {}), signed_slot(1, {})};
    lane.slots[0].sending = sent(100, 999ms);
    EXPECT_TRUE(of<Send>(steps()).empty()) << "nothing overtakes it either";
    lane.slots[0].sending = sent(100, 1000ms);
    EXPECT_EQ(of<Send>(steps()).size(), 2U);
}

TEST_F(lane_plan, bumps_the_head_of_the_lane_and_nothing_behind_it) {
    lane.slots = {signed_slot(0, 95), signed_slot(1, 50)};
    for (auto& slot : lane.slots)
        slot.sending = sent(100);
    const auto replaced = of<Replace>(steps());
    ASSERT_EQ(replaced.size(), 1U);
    EXPECT_EQ(replaced[0].nonce, Nonce{0});
    EXPECT_EQ(replaced[0].kind, AttemptKind::bump);
    lane.slots[0].attempts[0].seen_at = BlockNumber{96};
    EXPECT_TRUE(of<Replace>(steps()).empty());
}

TEST_F(lane_plan, bumps_what_no_node_took_counting_from_the_first_try) {
    lane.slots = {signed_slot(0, {})};
    lane.slots[0].sending = sent(95);
    EXPECT_EQ(of<Replace>(steps()).size(), 1U);
}

TEST_F(lane_plan, stops_bumping_at_the_bound_and_after_a_refusal_waits_as_long_as_before) {
    lane.slots = {signed_slot(0, 90)};
    lane.slots[0].refused_at = BlockNumber{96};
    EXPECT_TRUE(of<Replace>(steps()).empty());
    lane.slots[0].refused_at = BlockNumber{95};
    EXPECT_EQ(of<Replace>(steps()).size(), 1U);
    for (unsigned n = 1; n < rules.most_attempts; ++n)
        add_attempt(lane.slots[0], AttemptKind::bump, 90);
    EXPECT_TRUE(of<Replace>(steps()).empty());
}

TEST_F(lane_plan, bumps_no_faster_than_blocks_come_whatever_heads_are_shown) {
    lane.slots = {signed_slot(0, 90)};
    rules.bump_pause = 30s;
    sight.now = TimePoint{100s};
    lane.slots[0].attempts[0].signed_at = TimePoint{71s};
    EXPECT_TRUE(of<Replace>(steps()).empty());
    lane.slots[0].is_urgent = true;
    EXPECT_EQ(of<Replace>(steps()).size(), 1U) << "its caller may";
    lane.slots[0].is_urgent = false;
    lane.slots[0].attempts[0].signed_at = TimePoint{70s};
    EXPECT_EQ(of<Replace>(steps()).size(), 1U);
}

TEST_F(lane_plan, is_not_held_up_by_a_head_that_was_once_far_too_high) {
    lane.slots = {signed_slot(0, 1'000'000'000)};
    EXPECT_EQ(of<Replace>(steps()).size(), 1U);
    lane.slots = {signed_slot(0, 103)};
    EXPECT_TRUE(of<Replace>(steps()).empty()) << "a short reorganization";
}

TEST_F(lane_plan, bumps_at_once_what_its_caller_is_in_a_hurry_for) {
    lane.slots = {signed_slot(0, 100), signed_slot(1, 100)};
    lane.slots[1].is_urgent = true;
    const auto replaced = of<Replace>(steps());
    ASSERT_EQ(replaced.size(), 1U);
    EXPECT_EQ(replaced[0].nonce, Nonce{1});
}

TEST_F(lane_plan, cancels_wherever_it_stands_and_bumps_a_cancellation_as_one) {
    lane.slots = {signed_slot(0), signed_slot(1)};
    lane.slots[1].goal = Goal::cancel;
    auto replaced = of<Replace>(steps());
    ASSERT_EQ(replaced.size(), 1U);
    EXPECT_EQ(replaced[0].nonce, Nonce{1});
    EXPECT_EQ(replaced[0].kind, AttemptKind::cancel);

    add_attempt(lane.slots[1], AttemptKind::cancel, 90);
    EXPECT_TRUE(of<Replace>(steps()).empty()) << "it is not the lane's head";
    lane.slots.erase(lane.slots.begin());
    sight.used = Nonce{1};
    replaced = of<Replace>(steps());
    ASSERT_EQ(replaced.size(), 1U);
    EXPECT_EQ(replaced[0].kind, AttemptKind::cancel);
}

TEST_F(lane_plan, overrides_a_bump_that_is_not_signed_when_it_is_cancelled) {
    lane.slots = {signed_slot(0)};
    lane.slots[0].unsigned_kind = AttemptKind::bump;
    lane.slots[0].goal = Goal::cancel;
    EXPECT_EQ(of<Replace>(steps()).at(0).kind, AttemptKind::cancel);
    EXPECT_TRUE(of<Sign>(steps()).empty());
    lane.slots[0].unsigned_kind = AttemptKind::cancel;
    EXPECT_TRUE(of<Replace>(steps()).empty());
    EXPECT_EQ(of<Sign>(steps()).size(), 1U);
}

TEST_F(lane_plan, lets_go_what_was_never_signed_and_is_not_wanted_any_more) {
    lane.slots = {unsigned_slot(0)};
    lane.slots[0].goal = Goal::cancel;
    EXPECT_EQ(of<Withdraw>(steps()).size(), 1U);
    EXPECT_TRUE(of<Sign>(steps()).empty());
    lane.slots[0].refused_at = sight.head;
    EXPECT_TRUE(steps().empty()) << "once a block, and never what is not wanted";
    lane.slots[0].refused_at = BlockNumber{sight.head.value - 1};
    EXPECT_EQ(of<Withdraw>(steps()).size(), 1U);
}

TEST_F(lane_plan, fills_a_nonce_that_no_node_takes_with_nothing) {
    lane.slots = {signed_slot(0, {})};
    lane.slots[0].goal = Goal::fill;
    EXPECT_EQ(of<Replace>(steps()).at(0).kind, AttemptKind::noop);
}

TEST_F(lane_plan, expires_what_is_valid_no_longer_and_signs_nothing_of_it) {
    lane.slots = {unsigned_slot(0)};
    lane.slots[0].valid_until = TimePoint{10s};
    sight.now = TimePoint{9'999ms};
    EXPECT_TRUE(of<Expire>(steps()).empty());
    sight.now = TimePoint{10s};
    EXPECT_EQ(of<Expire>(steps()).size(), 1U);
    EXPECT_TRUE(of<Sign>(steps()).empty());
}

TEST_F(lane_plan, never_sends_what_its_caller_sends) {
    lane.slots = {signed_slot(0, {})};
    lane.slots[0].carrier = Carrier::caller;
    EXPECT_TRUE(steps().empty());
    lane.slots[0].goal = Goal::cancel;
    EXPECT_EQ(of<Replace>(steps()).size(), 1U);
    add_attempt(lane.slots[0], AttemptKind::cancel, {});
    EXPECT_EQ(of<Send>(steps()).size(), 1U) << "a cancellation is chela's";
}

TEST_F(lane_plan, asks_for_every_attempt_of_what_the_chain_has_used_and_of_what_was_mined) {
    lane.slots = {signed_slot(0), signed_slot(1), signed_slot(2)};
    add_attempt(lane.slots[0], AttemptKind::bump);
    lane.slots[2].inclusion = Inclusion{};
    EXPECT_EQ(lookups(lane, Nonce{1}, Included::look_again).size(), 3U);
    EXPECT_EQ(lookups(lane, Nonce{2}, Included::look_again).size(), 4U);
    EXPECT_EQ(lookups(lane, Nonce{2}, Included::leave_out).size(), 3U);
}

TEST_F(lane_plan, finds_whichever_attempt_was_mined_and_is_sure_of_it_at_depth) {
    lane.slots = {signed_slot(0)};
    add_attempt(lane.slots[0], AttemptKind::bump);
    sight.used = Nonce{1};
    ask_for_all();
    mined(lane.slots[0], 1, 99);
    auto included = of<Include>(steps());
    ASSERT_EQ(included.size(), 1U);
    EXPECT_EQ(included[0].attempt, 1U);
    EXPECT_FALSE(included[0].is_final) << "two confirmations of three";
    mined(lane.slots[0], 1, 98);
    EXPECT_TRUE(of<Include>(steps()).at(0).is_final);
}

TEST_F(lane_plan, says_nothing_while_an_inclusion_stays_as_it_was) {
    lane.slots = {signed_slot(0)};
    sight.used = Nonce{1};
    ask_for_all();
    mined(lane.slots[0], 1, 100);
    const auto& receipt = sight.receipts.begin()->second;
    lane.slots[0].inclusion = Inclusion{1, receipt.block_number, receipt.block_hash};
    EXPECT_TRUE(steps().empty());
    mined(lane.slots[0], 1, 100, 2);
    EXPECT_EQ(of<Include>(steps()).size(), 1U) << "another block of the same height";
}

TEST_F(lane_plan, waits_for_the_finalized_tag_where_that_is_the_rule) {
    rules.use_finalized = true;
    lane.slots = {signed_slot(0)};
    sight.used = Nonce{1};
    ask_for_all();
    mined(lane.slots[0], 1, 50);
    EXPECT_FALSE(of<Include>(steps()).at(0).is_final);
    sight.finalized = BlockNumber{49};
    EXPECT_FALSE(of<Include>(steps()).at(0).is_final);
    sight.finalized = BlockNumber{50};
    EXPECT_TRUE(of<Include>(steps()).at(0).is_final);
}

TEST_F(lane_plan, sends_again_what_lost_its_block) {
    lane.slots = {signed_slot(0)};
    lane.slots[0].inclusion = Inclusion{1, BlockNumber{100}, {}};
    ask_for_all();
    const auto all = steps();
    EXPECT_EQ(of<Reorganise>(all).size(), 1U);
    EXPECT_EQ(of<Send>(all).size(), 1U);
}

TEST_F(lane_plan, concludes_nothing_from_an_answer_that_did_not_come) {
    lane.slots = {signed_slot(0)};
    add_attempt(lane.slots[0], AttemptKind::bump);
    sight.used = Nonce{1};
    sight.asked.insert(lane.slots[0].attempts[0].hash);
    EXPECT_TRUE(steps().empty());
}

TEST_F(lane_plan, freezes_only_after_every_endpoint_missed_it_for_some_blocks) {
    lane.slots = {signed_slot(0)};
    sight.used = Nonce{1};
    ask_for_all();
    EXPECT_EQ(of<Miss>(steps()).size(), 1U);
    lane.slots[0].missing_since = BlockNumber{97};
    EXPECT_EQ(of<Miss>(steps()).size(), 1U) << "not confirmed by the other endpoints";
    lane.slots[0].is_confirmed_missing = true;
    EXPECT_EQ(of<Freeze>(steps()).size(), 1U);
    lane.slots[0].missing_since = BlockNumber{98};
    EXPECT_TRUE(of<Freeze>(steps()).empty());
}

TEST_F(lane_plan, misses_a_nonce_that_was_used_before_anything_was_signed_for_it) {
    lane.slots = {unsigned_slot(0)};
    sight.used = Nonce{1};
    EXPECT_EQ(of<Miss>(steps()).size(), 1U);
    EXPECT_TRUE(of<Sign>(steps()).empty());
}

TEST_F(lane_plan, only_watches_a_frozen_lane) {
    lane.is_frozen = true;
    lane.slots = {signed_slot(0), signed_slot(1, {}), unsigned_slot(2)};
    lane.slots[1].goal = Goal::cancel;
    sight.used = Nonce{1};
    ask_for_all();
    mined(lane.slots[0], 1, 90);
    const auto all = steps();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<Include>(all[0]));
}

TEST_F(lane_plan, hands_in_again_what_was_final_below_the_open_ones_and_is_gone) {
    lane.slots = {signed_slot(7)};
    sight.used = Nonce{5};
    const auto restored = of<Restore>(steps());
    ASSERT_EQ(restored.size(), 1U);
    EXPECT_EQ(restored[0].from, Nonce{5});
    EXPECT_EQ(restored[0].before, Nonce{7});
}

}  // namespace
}  // namespace chela::chains::lane
