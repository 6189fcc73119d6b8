#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

using chains::lane::AttemptKind;

policy::Reservation replacement(std::uint64_t value, std::uint64_t fee) {
    auto reservation = reservation_of("i", 0);
    reservation.value = wei(value);
    reservation.max_fee = wei(fee);
    reservation.preimage = {2, 0xc1, 1};
    reservation.charges = {
        {meter_of(policy::kGuardrailValueBudget), kChain, U256{value}},
        {meter_of(policy::kGuardrailFeeBudget), kChain, U256{fee}},
        {meter_of("new"), kChain, U256{5}}};
    reservation.at = kNow + 1h;
    return reservation;
}

class ReplacementTest : public StoreTest {
protected:
    [[nodiscard]] U256 charged(std::string_view meter) const {
        const auto found = charges({}, meter);
        if (found.size() != 1) bug("a slot counts more than once");
        return found.front().charge.amount;
    }
};

TEST_F(ReplacementTest, another_preimage_of_a_slot_counts_once_at_each_meters_maximum) {
    insert("i");
    auto first = reservation_of("i", 0);
    first.charges = {
        {meter_of(policy::kGuardrailValueBudget), kChain, U256{100}},
        {meter_of(policy::kGuardrailFeeBudget), kChain, U256{10}},
        {meter_of("old"), kChain, U256{7}}};
    expect_ok(reserve(first));
    expect_ok(reserve(replacement(60, 30)));
    EXPECT_EQ(charged(policy::kGuardrailValueBudget), U256{100});
    EXPECT_EQ(charged(policy::kGuardrailFeeBudget), U256{30});
    EXPECT_EQ(charged("old"), U256{7}) << "the first may have been signed";
    EXPECT_EQ(charged("new"), U256{5});
    const auto held = *store->reservation("i");
    EXPECT_EQ(held.preimage, (Bytes{2, 0xc1, 1}));
    EXPECT_EQ(held.value, wei(60));
    EXPECT_EQ(held.max_fee, wei(30));
    EXPECT_EQ(held.charges.size(), 4U);
    EXPECT_EQ(high_water(), kNow + 1h);
    EXPECT_EQ(state_of("i"), IntentState::reserved);
    EXPECT_EQ(Raw{path()}.ask("SELECT count(*) FROM reservations"), "1");
}

TEST_F(ReplacementTest, a_replaced_slot_is_settled_and_released_as_one) {
    insert("i");
    expect_ok(reserve("i", 0));
    expect_ok(reserve(replacement(60, 30)));
    expect_ok(store->release_unsigned("i", "E", "m", kNow));
    for (const auto meter : {policy::kGuardrailValueBudget, policy::kGuardrailFeeBudget})
        EXPECT_TRUE(charges({}, meter).empty());
    insert("j");
    expect_ok(reserve("j", 0));
}

TEST_F(ReplacementTest, only_the_same_slot_is_replaced) {
    insert("i");
    expect_ok(reserve("i", 0));
    auto elsewhere = reservation_of("i", 1);
    expect_error(reserve(elsewhere), ErrorCode::conflict);
    auto renamed = reservation_of("i", 0);
    renamed.slot = "other";
    expect_error(reserve(renamed), ErrorCode::conflict);
    auto moved = reservation_of("i", 1);
    moved.slot = reservation_of("i", 0).slot;
    expect_error(reserve(moved), ErrorCode::conflict);
    insert("j");
    auto foreign = reservation_of("j", 0);
    expect_error(reserve(foreign), ErrorCode::conflict);
    EXPECT_EQ(charged(policy::kGuardrailValueBudget), ether("1").value);
    EXPECT_EQ(store->reservation("i")->preimage, reservation_of("i", 0).preimage);
}

TEST_F(ReplacementTest, what_is_signed_takes_another_attempt_until_it_is_mined) {
    bring("i", 0, IntentState::broadcast);
    auto bump = replacement(100, 20);
    bump.attempt_kind = AttemptKind::bump;
    expect_ok(reserve(bump));
    EXPECT_EQ(state_of("i"), IntentState::broadcast);
    EXPECT_EQ(store->reservation("i")->attempt_kind, AttemptKind::bump);
    EXPECT_EQ(store->intent("i")->hash, hash_of(1)) << "the first stays what may be mined";
    expect_ok(store->store_signature("i", {9}, hash_of(9), kNow + 2h));
    EXPECT_EQ(store->intent("i")->hash, hash_of(9));
    const auto attempts = *store->attempts("i");
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_EQ(attempts[1].number, 2U);
    EXPECT_EQ(attempts[1].kind, AttemptKind::bump);
    EXPECT_EQ(attempts[0].seen_at, BlockNumber{100});
    EXPECT_EQ(attempts[1].seen_at, std::nullopt);
    expect_error(store->store_signature("i", {8}, hash_of(8), kNow), ErrorCode::conflict);
    expect_ok(store->mark_included("i", inclusion_of(true), kNow));
    expect_error(reserve(bump), ErrorCode::conflict);
    EXPECT_EQ(store->intent("i")->hash, hash_of(1)) << "the one that was mined";
}

TEST_F(ReplacementTest, an_unsigned_attempt_is_replaced_under_its_own_number) {
    bring("i", 0, IntentState::signed_);
    auto bump = replacement(100, 20);
    bump.attempt_kind = AttemptKind::bump;
    expect_ok(reserve(bump));
    auto cancel = replacement(0, 30);
    cancel.attempt_kind = AttemptKind::cancel;
    expect_ok(reserve(cancel));
    expect_ok(store->store_signature("i", {9}, hash_of(9), kNow));
    const auto attempts = *store->attempts("i");
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_EQ(attempts[1].kind, AttemptKind::cancel);
    EXPECT_EQ(charged(policy::kGuardrailFeeBudget), U256{21'000}) << "the most of all of them";
}

}  // namespace
}  // namespace chela::sidecar::store
