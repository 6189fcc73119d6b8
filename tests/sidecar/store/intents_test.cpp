#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

using enum IntentState;

const std::vector<IntentState> kAll{
    received,  awaiting_approval, denied, simulation_failed, failed,   reserved,      signed_,
    sign_only, broadcast,         mined,  confirmed,         reverted, signed_message};

TEST_F(StoreTest, a_new_intent_comes_back_whole) {
    auto intent = intent_of("i");
    intent.sign_only = true;
    intent.max_fee_per_gas = "5";
    intent.max_priority_fee_per_gas = "1";
    intent.simulation_id = "s";
    intent.simulation_status = "success";
    intent.operation = policy::Operation::user_operation;
    intent.request = R"({"a":1})";
    intent.value = Wei{U256::max()};
    const auto inserted = store->insert_intent(intent);
    ASSERT_TRUE(inserted.has_value()) << inserted.error().detail;
    EXPECT_TRUE(inserted->is_new);
    reopen();
    const auto read = store->intent("i");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->agent_id, kAgent);
    EXPECT_EQ(read->idempotency_hash, "key-i");
    EXPECT_EQ(read->fingerprint, "print-i");
    EXPECT_EQ(read->state, received);
    EXPECT_TRUE(read->sign_only);
    EXPECT_EQ(read->operation, policy::Operation::user_operation);
    EXPECT_EQ(read->request, R"({"a":1})");
    EXPECT_EQ(read->result, "");
    EXPECT_EQ(read->decision_id, "");
    EXPECT_EQ(read->chain, "base");
    EXPECT_EQ(read->chain_id, kChain);
    EXPECT_EQ(read->signing_key_id, "key-1");
    EXPECT_EQ(read->from, kSigner);
    EXPECT_EQ(read->to, kAlice);
    EXPECT_EQ(read->value, Wei{U256::max()});
    EXPECT_EQ(read->nonce, std::nullopt);
    EXPECT_EQ(read->max_fee_per_gas, "5");
    EXPECT_EQ(read->max_priority_fee_per_gas, "1");
    EXPECT_TRUE(read->preimage.empty());
    EXPECT_TRUE(read->signed_bytes.empty());
    EXPECT_EQ(read->hash, std::nullopt);
    EXPECT_EQ(read->simulation_id, "s");
    EXPECT_EQ(read->simulation_status, "success");
    EXPECT_EQ(read->created_at, kNow);
    EXPECT_EQ(read->updated_at, kNow);
    EXPECT_EQ(read->signed_at, std::nullopt);
    auto deploy = intent_of("d");
    deploy.to.reset();
    ASSERT_TRUE(store->insert_intent(deploy).has_value());
    EXPECT_EQ(store->intent("d")->to, std::nullopt);
}

TEST_F(StoreTest, the_same_key_and_request_give_the_same_intent) {
    bring("i", 0, confirmed);
    auto again = intent_of("other-id");
    again.idempotency_hash = "key-i";
    again.fingerprint = "print-i";
    const auto found = store->insert_intent(again);
    ASSERT_TRUE(found.has_value());
    EXPECT_FALSE(found->is_new);
    EXPECT_EQ(found->intent.id, "i");
    EXPECT_EQ(found->intent.state, confirmed);
    expect_error(store->intent("other-id"), ErrorCode::not_found);
}

TEST_F(StoreTest, the_same_key_with_another_request_is_a_conflict) {
    insert("i");
    auto other = intent_of("j");
    other.idempotency_hash = "key-i";
    const auto found = store->insert_intent(other);
    expect_error(found, ErrorCode::conflict);
    EXPECT_EQ(found.error().reason, "E_IDEMPOTENCY_MISMATCH");
    EXPECT_EQ(store->intents("", 10)->size(), 1U);
}

TEST_F(StoreTest, keys_of_two_agents_do_not_meet) {
    expect_ok(store->insert_agent(agent_of("agent-2"), audit_of("agent.created")));
    insert("i");
    auto other = intent_of("j", "agent-2");
    other.idempotency_hash = "key-i";
    const auto inserted = store->insert_intent(other);
    ASSERT_TRUE(inserted.has_value());
    EXPECT_TRUE(inserted->is_new);
}

TEST_F(StoreTest, an_intent_needs_an_agent_a_fresh_id_and_a_fresh_state) {
    expect_error(store->insert_intent(intent_of("i", "nobody")), ErrorCode::not_found);
    insert("i");
    auto same_id = intent_of("i");
    same_id.idempotency_hash = "another key";
    const auto clash = store->insert_intent(same_id);
    expect_error(clash, ErrorCode::conflict);
    EXPECT_NE(clash.error().reason, "E_IDEMPOTENCY_MISMATCH");
    auto done = intent_of("j");
    done.state = confirmed;
    expect_error(store->insert_intent(done), ErrorCode::invalid_input);
    auto huge = intent_of("k");
    huge.chain_id = ChainId{~std::uint64_t{0}};
    expect_error(store->insert_intent(huge), ErrorCode::out_of_range);
}

TEST_F(StoreTest, intents_are_listed_newest_first) {
    expect_ok(store->insert_agent(agent_of("agent-2"), audit_of("agent.created")));
    for (const auto* id : {"a", "b"})
        insert(id);
    auto newest = intent_of("c", "agent-2");
    newest.created_at += 1s;
    ASSERT_TRUE(store->insert_intent(newest).has_value());
    auto oldest = intent_of("d");
    oldest.created_at -= 1s;
    ASSERT_TRUE(store->insert_intent(oldest).has_value());
    const auto ids = [&](const std::string& agent, std::size_t limit) {
        std::string out;
        for (const auto& intent : *store->intents(agent, limit))
            out += intent.id;
        return out;
    };
    EXPECT_EQ(ids("", 100), "cbad");
    EXPECT_EQ(ids("", 2), "cb");
    EXPECT_EQ(ids(kAgent, 100), "bad");
    EXPECT_EQ(ids("agent-2", 100), "c");
    EXPECT_EQ(ids("nobody", 100), "");
    EXPECT_EQ(ids("", ~std::size_t{0}), "cbad");
}

TEST_F(StoreTest, facts_of_a_received_intent_can_be_added) {
    auto intent = insert("i");
    intent.max_fee_per_gas = "7";
    intent.max_priority_fee_per_gas = "2";
    intent.simulation_id = "s";
    intent.simulation_status = "success";
    intent.value = ether("9");
    intent.fingerprint = "forged";
    intent.updated_at = kNow + 1s;
    expect_ok(store->update_received(intent));
    const auto read = *store->intent("i");
    EXPECT_EQ(read.state, received);
    EXPECT_EQ(read.max_fee_per_gas, "7");
    EXPECT_EQ(read.max_priority_fee_per_gas, "2");
    EXPECT_EQ(read.simulation_id, "s");
    EXPECT_EQ(read.updated_at, kNow + 1s);
    EXPECT_EQ(read.value, ether("1")) << "what was asked for does not change";
    EXPECT_EQ(read.fingerprint, "print-i");
    intent.state = reserved;
    expect_error(store->update_received(intent), ErrorCode::invalid_input);
}

TEST_F(StoreTest, an_intent_without_a_nonce_can_end) {
    for (const auto state : {denied, simulation_failed, failed}) {
        auto intent = insert("i" + std::to_string(static_cast<int>(state)));
        intent.state = state;
        intent.error_code = "E_X";
        intent.error_message = "why";
        intent.violations = "[1]";
        expect_ok(store->finish_unreserved(intent));
        const auto read = *store->intent(intent.id);
        EXPECT_EQ(read.state, state);
        EXPECT_EQ(read.error_code, "E_X");
        EXPECT_EQ(read.error_message, "why");
        EXPECT_EQ(read.violations, "[1]");
        expect_error(store->finish_unreserved(intent), ErrorCode::conflict);
    }
    EXPECT_TRUE(store->received_intents()->empty());
    EXPECT_TRUE(store->open_intents()->empty());
}

TEST_F(StoreTest, an_intent_with_a_nonce_cannot_end_as_if_it_had_none) {
    bring("i", 0, reserved);
    auto intent = *store->intent("i");
    intent.state = failed;
    expect_error(store->finish_unreserved(intent), ErrorCode::conflict);
    intent.state = received;
    expect_error(store->update_received(intent), ErrorCode::conflict);
    insert("j");
    auto other = *store->intent("j");
    for (const auto state :
         {received, awaiting_approval, reserved, signed_, sign_only, broadcast, mined, confirmed,
          reverted, signed_message}) {
        other.state = state;
        expect_error(store->finish_unreserved(other), ErrorCode::invalid_input);
    }
    expect_error(
        store->finish_unreserved([] {
            auto unknown = intent_of("unknown");
            unknown.state = failed;
            return unknown;
        }()),
        ErrorCode::not_found);
}

TEST_F(StoreTest, open_intents_are_in_the_order_of_their_lanes) {
    bring("c", 11, broadcast);
    bring("b", 10, mined);
    bring("a", 9, signed_);
    bring("z", 2, reserved);
    bring("done", 0, confirmed);
    bring("undone", 1, reverted);
    bring("waiting", 0, received);
    std::string ids;
    for (const auto& intent : *store->open_intents())
        ids += intent.id;
    EXPECT_EQ(ids, "zabc");
    const auto waiting = store->received_intents();
    ASSERT_EQ(waiting->size(), 1U);
    EXPECT_EQ(waiting->front().id, "waiting");
}

TEST_F(StoreTest, unknown_intents_are_not_found) {
    expect_error(store->intent("nobody"), ErrorCode::not_found);
    expect_error(store->reservation("nobody"), ErrorCode::not_found);
    expect_error(store->update_received(intent_of("nobody")), ErrorCode::not_found);
}

TEST_F(StoreTest, a_damaged_state_is_an_error) {
    insert("i");
    Raw{path()}.run("UPDATE intents SET state = 'paid'");
    expect_error(store->intent("i"), ErrorCode::internal);
}

TEST(intent_state, finals_and_names) {
    for (const auto state : kAll) {
        const auto expected = state == denied || state == simulation_failed || state == failed ||
                              state == confirmed || state == reverted || state == signed_message;
        EXPECT_EQ(is_final(state), expected) << to_string(state);
    }
    EXPECT_EQ(to_string(signed_), "signed");
    EXPECT_EQ(to_string(sign_only), "sign_only");
    EXPECT_EQ(to_string(awaiting_approval), "awaiting_approval");
    EXPECT_EQ(to_string(signed_message), "signed_message");
}

}  // namespace
}  // namespace chela::sidecar::store
