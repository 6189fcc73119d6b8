#include "sidecar/store/intent_row.hpp"
#include "tests/sidecar/store/fixture.hpp"

#include <thread>

namespace chela::sidecar::store {
namespace {

using enum IntentState;
using chains::lane::AttemptKind;
using chains::lane::Goal;

const policy::Lane kLane{kChain, kSigner};

class LaneTest : public StoreTest {
protected:
    IntentRecord cancel(const std::string& id, Goal goal = Goal::cancel) {
        const auto given_up =
            store->give_up(id, goal, "E_WHY", "because", audit_of("intent.given_up", id));
        if (!given_up) bug("the test's intent is not given up: " + given_up.error().detail);
        return *given_up;
    }
    /// Another attempt, signed.
    void replace(const std::string& id, std::uint64_t nonce, AttemptKind kind, std::uint8_t byte) {
        auto reservation = reservation_of(id, nonce);
        reservation.attempt_kind = kind;
        expect_ok(reserve(reservation));
        expect_ok(store->store_signature(id, {byte}, hash_of(byte), kNow));
    }
    static IntentStore::Inclusion final_of(unsigned attempt, bool succeeded = true) {
        auto inclusion = inclusion_of(succeeded);
        inclusion.is_final = true;
        inclusion.attempt = attempt;
        return inclusion;
    }
    template <class T>
    static void expect_taken(const Result<T>& result) {
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().reason, "E_LANE_TAKEN") << result.error().detail;
    }
};

TEST_F(LaneTest, whoever_took_it_last_writes_it_and_nobody_else) {
    bring("i", 0, reserved);
    bring("j", 1, signed_);
    bring("k", 2, broadcast);
    bring("l", 3, mined);
    insert("m");
    const auto other = open();
    expect_taken(reserve("m", 4));
    expect_taken(store->store_signature("i", {9}, hash_of(99), kNow));
    expect_taken(store->release_unsigned("i", "E", "m", kNow));
    expect_taken(store->mark_broadcast("j", BlockNumber{1}, kNow));
    expect_taken(store->mark_stalled("k", "E", "m", kNow));
    expect_taken(store->mark_included("k", inclusion_of(true), kNow));
    expect_taken(store->mark_reorged("l", kNow));
    expect_taken(store->hand_over("j", audit_of("intent.handed_over", "j")));
    expect_taken(store->freeze_lane(kLane, Nonce{0}, "why", kNow));
    expect_taken(store->check_sendable(kLane, hash_of(3)));
    EXPECT_EQ(store->lane(kLane)->epoch, 2);
    expect_ok(other->mark_broadcast("j", BlockNumber{1}, kNow));
    expect_ok(other->check_sendable(kLane, hash_of(3)));
    ASSERT_TRUE(store->own_lane(kLane).has_value()) << "asking again takes nothing back";
    expect_taken(store->mark_broadcast("j", BlockNumber{1}, kNow));
}

TEST_F(LaneTest, threads_of_one_owner_take_it_once) {
    const policy::Lane fresh{ChainId{10}, kSigner};
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i)
        threads.emplace_back([&] { EXPECT_EQ(store->own_lane(fresh), 1); });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(store->lane(fresh)->epoch, 1);
}

TEST_F(LaneTest, one_that_was_never_taken_is_nobodys_to_write) {
    auto intent = intent_of("i");
    intent.chain_id = ChainId{10};
    ASSERT_TRUE(store->insert_intent(intent).has_value());
    auto reservation = reservation_of("i", 0);
    reservation.lane = policy::Lane{ChainId{10}, kSigner};
    expect_taken(reserve(reservation));
    expect_error(store->lane({ChainId{10}, kSigner}), ErrorCode::not_found);
    ASSERT_TRUE(store->own_lane({ChainId{10}, kSigner}).has_value());
    expect_ok(reserve(reservation));
}

TEST_F(LaneTest, bytes_may_go_out_only_when_their_hash_is_stored) {
    bring("i", 0, reserved);
    const auto refused = store->check_sendable(kLane, hash_of(1));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_NOT_DURABLE");
    expect_ok(store->store_signature("i", {1}, hash_of(1), kNow));
    expect_ok(store->check_sendable(kLane, hash_of(1)));
}

TEST_F(LaneTest, its_slots_are_shown_in_order_with_all_that_was_signed) {
    bring("j", 1, reserved);
    bring("i", 0, broadcast);
    replace("i", 0, AttemptKind::bump, 50);
    bring("done", 2, confirmed);
    const auto slots = *store->slots(kLane);
    ASSERT_EQ(slots.size(), 2U);
    EXPECT_EQ(slots[0].intent.id, "i");
    ASSERT_EQ(slots[0].attempts.size(), 2U);
    EXPECT_EQ(slots[0].attempts[1].signed_bytes, (Bytes{50}));
    EXPECT_EQ(slots[0].unsigned_kind, std::nullopt);
    EXPECT_EQ(slots[1].unsigned_kind, AttemptKind::normal);
    EXPECT_TRUE(slots[1].attempts.empty());
    const auto lane = *store->lane(kLane);
    EXPECT_EQ(lane.open, 2U);
    EXPECT_EQ(lane.highest, Nonce{2});
    ASSERT_EQ(store->lanes()->size(), 1U);
}

/// SQLite refuses the question unless that index answers it: a lane's history may be long.
TEST_F(LaneTest, its_open_intents_have_an_index_of_their_own) {
    bring("i", 0, reserved);
    bring("done", 1, confirmed);
    const auto open =
        "SELECT count(*) FROM intents i INDEXED BY intents_open WHERE " + std::string{kIsOpen};
    EXPECT_EQ(Raw{path()}.ask(open), "1");
    EXPECT_EQ(Raw{path()}.ask(open + " AND i.chain_id = 8453 ORDER BY i.nonce"), "1");
}

TEST_F(LaneTest, its_slots_are_shown_while_another_process_writes) {
    bring("i", 0, reserved);
    Raw other{path()};
    other.run("BEGIN IMMEDIATE");
    const auto slots = store->slots(kLane);
    other.run("ROLLBACK");
    ASSERT_TRUE(slots.has_value()) << slots.error().detail;
    EXPECT_EQ(slots->size(), 1U);
}

TEST_F(LaneTest, what_holds_no_nonce_is_cancelled_at_once) {
    insert("i");
    EXPECT_EQ(cancel("i").state, cancelled);
    EXPECT_EQ(store->intent("i")->error_code, "E_WHY");
    const auto before = audit_size();
    EXPECT_EQ(cancel("i").state, cancelled) << "once more changes nothing";
    EXPECT_EQ(audit_size(), before);
}

TEST_F(LaneTest, a_cancelled_one_ends_as_whatever_was_mined) {
    bring("original", 0, broadcast);
    EXPECT_EQ(cancel("original").state, cancelling);
    replace("original", 0, AttemptKind::cancel, 50);
    EXPECT_EQ(state_of("original"), cancelling);
    expect_ok(store->mark_included("original", final_of(1), kNow));
    EXPECT_EQ(state_of("original"), confirmed);

    bring("nothing", 1, broadcast);
    cancel("nothing");
    replace("nothing", 1, AttemptKind::cancel, 51);
    expect_ok(store->mark_included("nothing", final_of(2), kNow));
    const auto ended = *store->intent("nothing");
    EXPECT_EQ(ended.state, cancelled);
    EXPECT_EQ(ended.error_code, "E_WHY");
    EXPECT_EQ(ended.hash, hash_of(51));

    bring("filled", 2, signed_);
    cancel("filled", Goal::fill);
    replace("filled", 2, AttemptKind::noop, 52);
    expect_ok(store->mark_included("filled", final_of(2), kNow));
    EXPECT_EQ(state_of("filled"), failed);
    expect_ok(store->mark_included("filled", final_of(2), kNow));
    expect_error(store->mark_included("filled", final_of(1), kNow), ErrorCode::conflict);
}

TEST_F(LaneTest, what_lost_its_block_goes_on_being_cancelled) {
    bring("i", 0, broadcast);
    cancel("i");
    auto seen = inclusion_of(true);
    expect_ok(store->mark_included("i", seen, kNow));
    const auto refused = store->give_up("i", Goal::cancel, "E", "m", audit_of("x"));
    EXPECT_EQ(refused.error().reason, "E_ALREADY_MINED");
    expect_ok(store->mark_reorged("i", kNow));
    EXPECT_EQ(state_of("i"), cancelling);
    EXPECT_EQ(store->intent("i")->mined_attempt, std::nullopt);
}

TEST_F(LaneTest, an_unsigned_one_that_is_cancelled_lets_its_nonce_go) {
    bring("i", 0, reserved);
    EXPECT_EQ(cancel("i").state, cancelling);
    expect_ok(store->release_unsigned("i", "E_WHY", "because", kNow));
    EXPECT_EQ(state_of("i"), cancelled);
    EXPECT_TRUE(charges().empty());
    bring("j", 1, reserved);
    bring("k", 2, reserved);
    cancel("j", Goal::fill);
    expect_error(store->release_unsigned("j", "E", "m", kNow), ErrorCode::conflict);
}

TEST_F(LaneTest, a_stalled_one_is_in_the_pool_and_goes_on_when_it_may_pay_again) {
    bring("i", 0, broadcast);
    ASSERT_TRUE(store->want_speed_up("i", "market", audit_of("x")).has_value());
    EXPECT_EQ(store->intent("i")->speed_up, "market");
    expect_ok(store->mark_stalled("i", "E_FEE", "too much", kNow));
    EXPECT_EQ(state_of("i"), stalled);
    EXPECT_EQ(store->intent("i")->speed_up, "");
    EXPECT_EQ(store->intent("i")->error_code, "E_FEE");
    expect_ok(store->mark_broadcast("i", BlockNumber{200}, kNow));
    EXPECT_EQ(state_of("i"), stalled);
    EXPECT_EQ(store->attempts("i")->front().seen_at, BlockNumber{100}) << "the first time counts";
    replace("i", 0, AttemptKind::bump, 50);
    EXPECT_EQ(state_of("i"), broadcast);
    cancel("i");
    expect_ok(store->mark_stalled("i", "E_FEE", "too much", kNow));
    EXPECT_EQ(state_of("i"), cancelling) << "it is still not wanted";
}

TEST_F(LaneTest, what_its_caller_sends_is_not_sped_up) {
    auto intent = intent_of("i");
    intent.sign_only = true;
    ASSERT_TRUE(store->insert_intent(intent).has_value());
    expect_ok(reserve("i", 0));
    expect_ok(store->store_signature("i", {1}, hash_of(1), kNow));
    expect_error(store->want_speed_up("i", "market", audit_of("x")), ErrorCode::conflict);
    EXPECT_EQ(cancel("i").state, cancelling);
}

TEST_F(LaneTest, a_frozen_one_gives_no_nonce_until_it_is_unfrozen) {
    insert("i");
    expect_ok(store->freeze_lane(kLane, Nonce{0}, "somebody else has the key", kNow));
    expect_ok(store->freeze_lane(kLane, Nonce{0}, "another reason", kNow + 1h));
    auto lane = *store->lane(kLane);
    EXPECT_EQ(lane.frozen_at, kNow);
    EXPECT_EQ(lane.frozen_reason, "somebody else has the key");
    const auto refused = reserve("i", 0);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_LANE_FROZEN");
    EXPECT_NE(refused.error().detail.find("somebody else"), std::string::npos);
    reopen();
    EXPECT_TRUE(store->lane(kLane)->frozen_at.has_value());
    const auto thawed = store->unfreeze_lane(kLane, std::nullopt, audit_of("lane.unfrozen"));
    ASSERT_TRUE(thawed.has_value());
    EXPECT_EQ(thawed->frozen_at, std::nullopt);
    expect_ok(reserve("i", 0));
}

TEST_F(LaneTest, nonces_that_were_used_elsewhere_while_nothing_was_open_are_passed_over) {
    bring("i", 0, confirmed);
    EXPECT_EQ(
        store->unfreeze_lane(kLane, std::nullopt, audit_of("lane.unfrozen")).error().reason,
        "E_LANE_NOT_FROZEN");
    const auto passed = store->unfreeze_lane(kLane, Nonce{9}, audit_of("lane.unfrozen"));
    ASSERT_TRUE(passed.has_value()) << passed.error().detail;
    EXPECT_EQ(passed->next_floor, Nonce{9});
    EXPECT_EQ(state_of("i"), confirmed);
}

TEST_F(LaneTest, nonces_that_are_lost_end_their_intents_and_are_given_out_no_more) {
    bring("lost", 0, broadcast);
    bring("mined", 1, mined);
    bring("kept", 2, signed_);
    const auto too_soon = store->unfreeze_lane(kLane, Nonce{2}, audit_of("lane.unfrozen"));
    ASSERT_FALSE(too_soon.has_value());
    EXPECT_EQ(too_soon.error().reason, "E_LANE_NOT_FROZEN");
    expect_ok(store->freeze_lane(kLane, Nonce{0}, "why", kNow));
    const auto thawed = store->unfreeze_lane(kLane, Nonce{2}, audit_of("lane.unfrozen"));
    ASSERT_TRUE(thawed.has_value());
    EXPECT_EQ(thawed->next_floor, Nonce{2});
    EXPECT_EQ(state_of("lost"), failed);
    EXPECT_EQ(store->intent("lost")->error_code, "E_NONCE_FOREIGN");
    EXPECT_EQ(store->intent("lost")->nonce, Nonce{0}) << "it never is another intent's";
    EXPECT_EQ(state_of("mined"), mined);
    EXPECT_EQ(state_of("kept"), signed_);
    EXPECT_EQ(charges().size(), 3U) << "what was signed stays charged";

    expect_ok(store->freeze_lane(kLane, Nonce{2}, "why", kNow));
    ASSERT_TRUE(store->unfreeze_lane(kLane, Nonce{9}, audit_of("lane.unfrozen")).has_value());
    expect_ok(store->transact([&](policy::LedgerTransaction& ledger) -> Status {
        EXPECT_EQ(*ledger.highest_nonce(kLane), Nonce{8});
        return {};
    }));
    expect_error(
        store->unfreeze_lane({ChainId{5}, kSigner}, std::nullopt, audit_of("x")),
        ErrorCode::not_found);
}

TEST_F(LaneTest, a_final_end_that_nodes_agree_on_is_charged_as_it_was) {
    const auto charged = [&](std::string_view meter) {
        U256 sum;
        for (const auto& spent : charges({}, meter))
            sum = *add(sum, spent.charge.amount);
        return sum;
    };
    bring("one", 0, broadcast);
    auto done = final_of(1);
    expect_ok(store->mark_included("one", done, kNow));
    EXPECT_EQ(charged(policy::kGuardrailFeeBudget), U256{21'000})
        << "one node's word frees nothing";

    bring("two", 1, broadcast);
    done.paid = wei(5'000);
    expect_ok(store->mark_included("two", done, kNow));
    EXPECT_EQ(charged(policy::kGuardrailFeeBudget), U256{26'000});
    EXPECT_EQ(charged(policy::kGuardrailValueBudget), ether("2").value);

    bring("three", 2, broadcast);
    cancel("three");
    replace("three", 2, AttemptKind::cancel, 33);
    auto gone = final_of(2);
    gone.paid = wei(6'000);
    expect_ok(store->mark_included("three", gone, kNow));
    EXPECT_EQ(state_of("three"), cancelled);
    EXPECT_EQ(charged(policy::kGuardrailFeeBudget), U256{32'000});
    EXPECT_EQ(charged(policy::kGuardrailValueBudget), ether("2").value) << "it never moved";

    bring("four", 3, broadcast);
    auto failed = final_of(1, false);
    failed.paid = wei(7'000);
    expect_ok(store->mark_included("four", failed, kNow));
    EXPECT_EQ(state_of("four"), reverted);
    EXPECT_EQ(charged(policy::kGuardrailFeeBudget), U256{39'000});
    EXPECT_EQ(charged(policy::kGuardrailValueBudget), ether("2").value);
    EXPECT_EQ(charged(policy::kGuardrailCountBudget), U256{4}) << "each was signed";
}

TEST_F(LaneTest, is_fresh_until_a_nonce_of_it_is_kept) {
    EXPECT_EQ(store->is_fresh(kLane), true);
    bring("i", 0, reserved);
    EXPECT_EQ(store->is_fresh(kLane), false);
    expect_ok(store->release_unsigned("i", "E", "m", kNow));
    EXPECT_EQ(store->is_fresh(kLane), true);
    bring("j", 0, confirmed);
    EXPECT_EQ(store->is_fresh(kLane), false);
}

TEST_F(LaneTest, what_was_given_up_for_lost_is_never_handed_in_again) {
    bring("i", 0, broadcast);
    expect_ok(store->freeze_lane(kLane, Nonce{0}, "why", kNow));
    ASSERT_TRUE(store->unfreeze_lane(kLane, Nonce{1}, audit_of("lane.unfrozen")).has_value());
    EXPECT_EQ(state_of("i"), failed);
    EXPECT_TRUE(store->final_attempts(kLane, Nonce{0}, Nonce{5})->empty());
}

TEST_F(LaneTest, final_ones_can_be_handed_in_again) {
    bring("a", 0, confirmed);
    bring("b", 1, broadcast);
    replace("b", 1, AttemptKind::bump, 50);
    expect_ok(store->mark_included("b", final_of(1), kNow));
    bring("c", 2, confirmed);
    const auto found = *store->final_attempts(kLane, Nonce{1}, Nonce{2});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].hash, hash_of(2)) << "the one that was mined, and not the last one";
}

}  // namespace
}  // namespace chela::sidecar::store
