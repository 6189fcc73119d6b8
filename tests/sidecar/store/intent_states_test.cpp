#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

using enum IntentState;
using chains::lane::Goal;

TEST_F(StoreTest, a_signature_is_stored_once) {
    bring("i", 4, reserved);
    expect_ok(store->note_problem("i", "E_TOKEN", "gone", kNow));
    expect_ok(store->store_signature("i", {1, 2}, hash_of(9), kNow + 1s));
    reopen();
    auto read = *store->intent("i");
    EXPECT_EQ(read.state, signed_);
    EXPECT_EQ(read.nonce, Nonce{4});
    EXPECT_EQ(read.preimage, (Bytes{2, 0xc0}));
    EXPECT_EQ(read.signed_bytes, (Bytes{1, 2}));
    EXPECT_EQ(read.hash, hash_of(9));
    EXPECT_EQ(read.signed_at, kNow + 1s);
    EXPECT_EQ(read.error_code, "") << "progress ends a problem";
    expect_ok(store->store_signature("i", {1, 2}, hash_of(9), kNow + 2s));
    EXPECT_EQ(store->intent("i")->signed_at, kNow + 1s);
    expect_error(store->store_signature("i", {1, 3}, hash_of(8), kNow), ErrorCode::conflict);
    expect_error(store->store_signature("i", {1, 3}, hash_of(9), kNow), ErrorCode::conflict);
    EXPECT_EQ(store->intent("i")->hash, hash_of(9));
    bring("j", 5, reserved);
    expect_error(store->store_signature("j", {7}, hash_of(9), kNow), ErrorCode::conflict);
    EXPECT_EQ(state_of("j"), reserved);
}

TEST_F(StoreTest, a_sign_only_intent_is_not_broadcast_by_us) {
    auto intent = intent_of("i");
    intent.sign_only = true;
    ASSERT_TRUE(store->insert_intent(intent).has_value());
    expect_ok(reserve("i", 0));
    expect_ok(store->store_signature("i", {1}, hash_of(1), kNow));
    EXPECT_EQ(state_of("i"), sign_only);
    expect_error(store->mark_broadcast("i", BlockNumber{100}, kNow), ErrorCode::conflict);
    expect_ok(store->mark_included("i", inclusion_of(true), kNow));
    EXPECT_EQ(state_of("i"), mined);
}

TEST_F(StoreTest, a_sign_only_intent_is_handed_over_once) {
    auto intent = intent_of("i");
    intent.sign_only = true;
    ASSERT_TRUE(store->insert_intent(intent).has_value());
    expect_ok(reserve("i", 0));
    const auto audit = audit_of("intent.handed_over", "i");
    const auto early = store->hand_over("i", audit);
    ASSERT_FALSE(early.has_value());
    EXPECT_EQ(early.error().reason, "E_INTENT_STATE");
    expect_ok(store->store_signature("i", {1}, hash_of(1), kNow));
    EXPECT_TRUE(waits_for_its_caller(*store->intent("i")));
    for (int time = 0; time < 2; ++time) {
        const auto handed = store->hand_over("i", audit);
        ASSERT_TRUE(handed.has_value()) << handed.error().detail;
        EXPECT_EQ(handed->state, signed_);
        EXPECT_TRUE(handed->sign_only) << "how it was asked for is what it replays as";
        EXPECT_FALSE(waits_for_its_caller(*handed));
    }
    expect_ok(store->mark_broadcast("i", BlockNumber{100}, kNow));
    EXPECT_EQ(store->hand_over("i", audit)->state, broadcast);
    ASSERT_TRUE(store->give_up("i", Goal::cancel, "E", "m", audit_of("x", "i")).has_value());
    EXPECT_FALSE(store->hand_over("i", audit).has_value());
}

struct Move {
    const char* name;
    std::function<Status(Store&, const std::string&)> run;
    std::vector<IntentState> allowed;
};

TEST_F(StoreTest, only_the_moves_of_the_state_machine_are_made) {
    const std::vector<Move> moves{
        {"store_signature",
         [](Store& s, const std::string& id) {
             return s.store_signature(id, {99}, hash_of(99), kNow);
         },
         {reserved}},
        {"mark_broadcast",
         [](Store& s, const std::string& id) {
             return s.mark_broadcast(id, BlockNumber{100}, kNow);
         },
         {signed_, broadcast}},
        {"note_problem",
         [](Store& s, const std::string& id) { return s.note_problem(id, "E", "m", kNow); },
         {received, reserved, signed_, broadcast, mined}},
        {"mark_stalled",
         [](Store& s, const std::string& id) { return s.mark_stalled(id, "E", "m", kNow); },
         {signed_, broadcast}},
        {"mark_included",
         [](Store& s, const std::string& id) {
             return s.mark_included(id, inclusion_of(true), kNow);
         },
         {signed_, broadcast, mined}},
        {"mark_reorged",
         [](Store& s, const std::string& id) { return s.mark_reorged(id, kNow); },
         {mined}},
        {"give_up",
         [](Store& s, const std::string& id) -> Status {
             const auto given_up =
                 s.give_up(id, Goal::cancel, "E", "m", audit_of("intent.given_up", id));
             if (!given_up) return std::unexpected{given_up.error()};
             return {};
         },
         {received, reserved, signed_, broadcast}},
        {"want_speed_up",
         [](Store& s, const std::string& id) -> Status {
             const auto wished = s.want_speed_up(id, "market", audit_of("x", id));
             if (!wished) return std::unexpected{wished.error()};
             return {};
         },
         {signed_, broadcast}},
        {"release_unsigned",
         [](Store& s, const std::string& id) { return s.release_unsigned(id, "E", "m", kNow); },
         {reserved}},
    };
    for (const auto& move : moves) {
        for (const auto state :
             {received, reserved, signed_, broadcast, mined, confirmed, reverted}) {
            const auto fresh = folder.path() / (move.name + std::string{to_string(state)});
            auto other = open_sqlite(fresh, OpenMode::create);
            ASSERT_TRUE(other.has_value());
            own_lane(**other);
            std::swap(store, *other);
            expect_ok(store->insert_agent(agent_of(kAgent), audit_of("agent.created")));
            bring("i", 0, state);
            const auto status = move.run(*store, "i");
            const auto is_allowed = std::ranges::find(move.allowed, state) != move.allowed.end();
            EXPECT_EQ(status.has_value(), is_allowed) << move.name << " from " << to_string(state);
            if (!status) {
                EXPECT_EQ(status.error().code, ErrorCode::conflict);
                EXPECT_EQ(state_of("i"), state);
            }
            std::swap(store, *other);
        }
        expect_error(move.run(*store, "nobody"), ErrorCode::not_found);
    }
}

TEST_F(StoreTest, broadcasting_twice_is_one_move) {
    bring("i", 0, broadcast);
    expect_ok(store->note_problem("i", "E_NODE", "away", kNow));
    expect_ok(store->mark_broadcast("i", BlockNumber{100}, kNow + 1h));
    EXPECT_EQ(store->intent("i")->error_code, "E_NODE");
    EXPECT_EQ(state_of("i"), broadcast);
}

TEST_F(StoreTest, a_reorganised_block_is_forgotten_and_found_again) {
    bring("i", 0, mined);
    auto read = *store->intent("i");
    EXPECT_EQ(read.block_number, BlockNumber{100});
    EXPECT_EQ(read.block_hash, inclusion_of(true).block_hash);
    EXPECT_EQ(read.gas_used, Gas{21'000});
    expect_ok(store->mark_reorged("i", kNow));
    read = *store->intent("i");
    EXPECT_EQ(read.state, broadcast);
    EXPECT_EQ(read.block_number, std::nullopt);
    EXPECT_EQ(read.block_hash, std::nullopt);
    EXPECT_EQ(read.gas_used, std::nullopt);
    EXPECT_EQ(read.hash, hash_of(1)) << "the bytes stay";
    auto other = inclusion_of(true);
    other.block_number = BlockNumber{101};
    expect_ok(store->mark_included("i", other, kNow));
    EXPECT_EQ(store->intent("i")->block_number, BlockNumber{101});
    EXPECT_EQ(charges({}, policy::kGuardrailFeeBudget).at(0).charge.amount, U256{21'000})
        << "not final: the worst case stands";
}

TEST_F(StoreTest, final_inclusion_keeps_the_worst_case_charged_since_one_node_may_lie) {
    bring("i", 0, confirmed);
    bring("j", 1, reverted);
    const auto values = charges();
    const auto fees = charges({}, policy::kGuardrailFeeBudget);
    ASSERT_EQ(values.size(), 2U);
    ASSERT_EQ(fees.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(values[i].charge.amount, ether("1").value);
        EXPECT_EQ(values[i].at, kNow);
        EXPECT_EQ(fees[i].charge.amount, U256{21'000});
    }
}

TEST_F(StoreTest, an_open_reservation_never_ages_out_and_a_settled_one_ages_from_then_on) {
    bring("i", 0, signed_);
    const auto days_later = kNow + std::chrono::hours{72};
    const auto open = charges(days_later);
    ASSERT_EQ(open.size(), 1U) << "its signature can still take effect";
    EXPECT_EQ(open.front().at, policy::kStillOpen);
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    expect_ok(store->mark_included("i", inclusion, days_later));
    EXPECT_EQ(charges(days_later).size(), 1U);
    EXPECT_EQ(charges(days_later).front().at, days_later);
    EXPECT_TRUE(charges(days_later + std::chrono::milliseconds{1}).empty());
    EXPECT_EQ(high_water(), days_later);
}

TEST_F(StoreTest, what_is_final_stays) {
    bring("i", 0, confirmed);
    auto same = inclusion_of(true);
    same.is_final = true;
    expect_ok(store->mark_included("i", same, kNow));
    auto reversed = same;
    reversed.succeeded = false;
    expect_error(store->mark_included("i", reversed, kNow), ErrorCode::conflict);
    auto moved = same;
    moved.block_hash.bytes.fill(1);
    expect_error(store->mark_included("i", moved, kNow), ErrorCode::conflict);
    EXPECT_EQ(state_of("i"), confirmed);
    EXPECT_EQ(charges().at(0).charge.amount, ether("1").value);
}

TEST_F(StoreTest, numbers_that_do_not_fit_are_refused_whole) {
    bring("i", 0, broadcast);
    auto inclusion = inclusion_of(true);
    inclusion.block_number = BlockNumber{~std::uint64_t{0}};
    expect_error(store->mark_included("i", inclusion, kNow), ErrorCode::out_of_range);
    EXPECT_EQ(state_of("i"), broadcast);
}

TEST_F(StoreTest, releasing_frees_nonce_and_budget) {
    bring("i", 0, reserved);
    expect_ok(store->release_unsigned("i", "E_TOKEN", "no token", kNow));
    const auto read = *store->intent("i");
    EXPECT_EQ(read.state, failed);
    EXPECT_EQ(read.nonce, std::nullopt);
    EXPECT_TRUE(read.preimage.empty());
    EXPECT_EQ(read.error_code, "E_TOKEN");
    EXPECT_EQ(read.error_message, "no token");
    EXPECT_TRUE(charges().empty());
    expect_error(store->reservation("i"), ErrorCode::not_found);
    expect_error(reserve("i", 0), ErrorCode::conflict);
    insert("j");
    expect_ok(reserve("j", 0));
}

TEST_F(StoreTest, only_the_last_nonce_of_a_lane_is_released) {
    bring("i", 0, reserved);
    bring("j", 1, reserved);
    expect_error(store->release_unsigned("i", "E", "m", kNow), ErrorCode::conflict);
    EXPECT_EQ(state_of("i"), reserved);
    EXPECT_EQ(charges().size(), 2U);
    expect_ok(store->release_unsigned("j", "E", "m", kNow));
    expect_ok(store->release_unsigned("i", "E", "m", kNow));
}

}  // namespace
}  // namespace chela::sidecar::store
