#include "sidecar/store/reservations.hpp"
#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

using enum IntentState;

class SignatureTest : public StoreTest {
protected:
    void hold(const std::string& id, policy::Expiry valid_until = {}) {
        ASSERT_TRUE(store->insert_intent(message_of(id)).has_value());
        auto reservation = signature_of(id, "sig/" + id);
        reservation.valid_until = valid_until;
        expect_ok(reserve(reservation));
    }
    static U256 seconds_of(TimePoint time) {
        return U256{static_cast<std::uint64_t>(
            std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count())};
    }
    [[nodiscard]] std::string open_slots() const {
        std::string out;
        for (const auto& spent : charges())
            if (spent.at == policy::kStillOpen) out += spent.slot + " ";
        return out;
    }
};

TEST_F(SignatureTest, a_signature_without_a_nonce_is_reserved_and_kept) {
    hold("m", U256{99});
    reopen();
    const auto held = store->reservation("m");
    ASSERT_TRUE(held.has_value()) << held.error().detail;
    EXPECT_EQ(held->operation, policy::Operation::typed_data);
    EXPECT_EQ(held->lane, std::nullopt);
    EXPECT_EQ(held->nonce, std::nullopt);
    EXPECT_EQ(held->slot, "sig/m");
    EXPECT_EQ(held->valid_until, U256{99});
    EXPECT_EQ(store->intent("m")->nonce, std::nullopt);
    EXPECT_TRUE(store->open_intents()->empty()) << "it holds no nonce";
    ASSERT_EQ(store->unsigned_messages()->size(), 1U);
    EXPECT_EQ(store->unsigned_messages()->front().request, R"({"sign":"me"})");
    expect_ok(store->transact([](policy::LedgerTransaction& ledger) -> Status {
        EXPECT_EQ(*ledger.highest_nonce({kChain, kSigner}), std::nullopt);
        return {};
    }));
}

TEST_F(SignatureTest, a_signed_message_is_final_and_its_charge_stays_open) {
    hold("m");
    const std::string result = R"({"signature":"0x01"})";
    expect_error(store->store_message_signature("m", "", kNow), ErrorCode::invalid_input);
    expect_ok(store->store_message_signature("m", result, kNow + 1s));
    expect_ok(store->store_message_signature("m", result, kNow + 2s));
    reopen();
    const auto read = *store->intent("m");
    EXPECT_EQ(read.state, signed_message);
    EXPECT_EQ(read.result, result);
    EXPECT_EQ(read.updated_at, kNow + 1s);
    EXPECT_TRUE(is_final(read.state));
    expect_error(store->store_message_signature("m", "{}", kNow), ErrorCode::conflict);
    expect_error(store->release_unsigned("m", "E", "m", kNow), ErrorCode::conflict);
    EXPECT_TRUE(store->unsigned_messages()->empty());
    EXPECT_EQ(
        store->charges({meter_of(policy::kGuardrailValueBudget)}, kNow + 24h * 365)->size(), 1U)
        << "without an end it can take effect for ever";
}

TEST_F(SignatureTest, a_text_for_people_is_settled_when_it_is_signed) {
    auto intent = message_of("m");
    intent.operation = policy::Operation::personal_message;
    ASSERT_TRUE(store->insert_intent(intent).has_value());
    auto reservation = signature_of("m", "sig/m");
    reservation.operation = policy::Operation::personal_message;
    expect_ok(reserve(reservation));
    EXPECT_EQ(open_slots(), "sig/m ");
    expect_ok(store->store_message_signature("m", "{}", kNow + 1s));
    EXPECT_EQ(open_slots(), "");
    EXPECT_EQ(charges(kNow + 1s).size(), 1U);
    EXPECT_TRUE(charges(kNow + 2s).empty()) << "it ages from then on";
}

TEST_F(SignatureTest, an_agent_signs_with_the_key_that_it_has_now) {
    SigningKeyRecord other;
    other.id = "key-2";
    other.label = "another";
    other.address = address(0xe1);
    other.created_at = kNow;
    expect_ok(store->insert_key(other, audit_of("key.created")));
    ASSERT_TRUE(store->insert_intent(message_of("m")).has_value());
    const auto given =
        store->update_agent(kAgent, audit_of("agent.updated"), [](AgentRecord& agent) {
            agent.signing_key_id = "key-2";
            return Status{};
        });
    ASSERT_TRUE(given.has_value()) << given.error().detail;
    const auto status = reserve(signature_of("m", "sig/m"));
    expect_error(status, ErrorCode::denied);
    EXPECT_EQ(status.error().reason, "E_KEY_CHANGED");
}

TEST_F(SignatureTest, messages_and_transactions_are_signed_each_in_its_own_way) {
    hold("m");
    expect_error(store->store_signature("m", {1}, hash_of(1), kNow), ErrorCode::conflict);
    bring("t", 0, reserved);
    expect_error(store->store_message_signature("t", "{}", kNow), ErrorCode::conflict);
    ASSERT_TRUE(store->insert_intent(message_of("n")).has_value());
    expect_error(store->store_message_signature("n", "{}", kNow), ErrorCode::conflict);
    expect_error(store->store_message_signature("nobody", "{}", kNow), ErrorCode::not_found);
    EXPECT_EQ(state_of("m"), reserved);
    EXPECT_EQ(state_of("t"), reserved);
}

TEST_F(SignatureTest, one_signature_is_reserved_once) {
    hold("m");
    expect_error(reserve(signature_of("m", "sig/m")), ErrorCode::conflict);
    expect_error(reserve(signature_of("m", "sig/other")), ErrorCode::conflict);
    ASSERT_TRUE(store->insert_intent(message_of("n")).has_value());
    expect_error(reserve(signature_of("n", "sig/m")), ErrorCode::conflict);
    expect_ok(reserve(signature_of("n", "sig/n")));
    EXPECT_EQ(charges().size(), 2U);
}

TEST_F(SignatureTest, one_that_was_never_signed_is_released) {
    hold("m");
    bring("t", 0, reserved);
    expect_ok(store->release_unsigned("m", "E_TOKEN", "gone", kNow));
    EXPECT_EQ(state_of("m"), failed);
    EXPECT_EQ(charges().size(), 1U);
    expect_error(store->reservation("m"), ErrorCode::not_found);
    ASSERT_TRUE(store->insert_intent(message_of("again")).has_value());
    expect_ok(reserve(signature_of("again", "sig/m")));
}

TEST_F(SignatureTest, a_lapsed_signature_is_settled_after_the_margin_and_ages_from_then_on) {
    const auto end = kNow + 1h;
    hold("m", seconds_of(end));
    expect_ok(store->store_message_signature("m", "{}", kNow));
    const auto after = end + kLapseMargin + 1s;
    EXPECT_EQ(*store->settle_lapsed_signatures(after - 1s), 0U);
    EXPECT_EQ(open_slots(), "sig/m ");
    EXPECT_EQ(*store->settle_lapsed_signatures(after), 1U);
    EXPECT_EQ(*store->settle_lapsed_signatures(after), 0U);
    EXPECT_EQ(open_slots(), "");
    EXPECT_EQ(charges(after).size(), 1U);
    EXPECT_TRUE(charges(after + 1ms).empty());
    expect_error(reserve(signature_of("m", "sig/m")), ErrorCode::conflict);
}

TEST_F(SignatureTest, only_signatures_with_an_end_lapse) {
    hold("for-ever");
    hold("never", U256::max());
    hold("soon", U256{0});
    insert("t");
    auto transaction = reservation_of("t", 0);
    transaction.valid_until = U256{0};
    expect_ok(reserve(transaction));
    EXPECT_EQ(*store->settle_lapsed_signatures(TimePoint{}), 0U) << "a clock at its beginning";
    EXPECT_EQ(*store->settle_lapsed_signatures(kNow + std::chrono::years{500}), 1U);
    EXPECT_EQ(open_slots(), "sig/for-ever sig/never " + transaction.slot + " ");
}

TEST_F(SignatureTest, a_key_with_a_message_under_way_is_not_retired) {
    SigningKeyRecord key;
    key.id = "key-1";
    key.label = "k";
    key.address = kSigner;
    key.created_at = kNow;
    expect_ok(store->insert_key(key, audit_of("key.created")));
    hold("m");
    const auto used = store->retire_key("key-1", audit_of("key.retired"));
    expect_error(used, ErrorCode::conflict);
    EXPECT_EQ(used.error().reason, "E_KEY_IN_USE");
    expect_ok(store->store_message_signature("m", "{}", kNow));
    expect_ok(store->retire_key("key-1", audit_of("key.retired")));
    ASSERT_TRUE(store->insert_intent(message_of("n")).has_value());
    const auto late = reserve(signature_of("n", "sig/n"));
    expect_error(late, ErrorCode::denied);
    EXPECT_EQ(late.error().reason, "E_KEY_RETIRED");
}

}  // namespace
}  // namespace chela::sidecar::store
