#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

SigningKeyRecord key_of(const std::string& id, std::uint8_t byte) {
    SigningKeyRecord key;
    key.id = id;
    key.label = "label-" + id;
    key.token_id = {byte, 1};
    key.public_key.bytes.fill(byte);
    key.address = address(byte);
    key.created_at = kNow;
    return key;
}

void expect_same(const AgentRecord& a, const AgentRecord& b) {
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.description, b.description);
    EXPECT_EQ(a.scopes, b.scopes);
    EXPECT_EQ(a.vault_ids, b.vault_ids);
    EXPECT_EQ(a.is_active, b.is_active);
    EXPECT_EQ(a.intents_api_enabled, b.intents_api_enabled);
    EXPECT_EQ(a.guardrails, b.guardrails);
    EXPECT_EQ(a.policy_id, b.policy_id);
    EXPECT_EQ(a.token_ttl_seconds, b.token_ttl_seconds);
    EXPECT_EQ(a.api_key_prefix, b.api_key_prefix);
    EXPECT_EQ(a.api_key_hash, b.api_key_hash);
    EXPECT_EQ(a.api_key_expires_at, b.api_key_expires_at);
    EXPECT_EQ(a.expires_at, b.expires_at);
    EXPECT_EQ(a.last_active_at, b.last_active_at);
    EXPECT_EQ(a.credential_generation, b.credential_generation);
    EXPECT_EQ(a.signing_key_id, b.signing_key_id);
    EXPECT_EQ(a.created_by, b.created_by);
    EXPECT_EQ(a.created_at, b.created_at);
}

AgentRecord full_agent() {
    auto agent = agent_of("agent-2");
    agent.description = "it's \"quoted\"; -- ünïcode";
    agent.is_active = false;
    agent.policy_id = "treasury";
    agent.token_ttl_seconds = 60;
    agent.api_key_expires_at = kNow + 1h;
    agent.expires_at = kNow + 2h;
    agent.last_active_at = kNow + 3h;
    agent.credential_generation = 9;
    agent.signing_key_id = "key-1";
    return agent;
}

TEST_F(StoreTest, agents_come_back_whole) {
    expect_ok(store->insert_key(key_of("key-1", 1), audit_of("key.created")));
    expect_ok(store->insert_agent(full_agent(), audit_of("agent.created")));
    reopen();
    const auto agents = store->agents();
    ASSERT_TRUE(agents.has_value());
    ASSERT_EQ(agents->size(), 2U);
    expect_same(agents->at(0), agent_of(kAgent));
    expect_same(agents->at(1), full_agent());
    const auto one = store->agent("agent-2");
    ASSERT_TRUE(one.has_value());
    expect_same(*one, full_agent());
    EXPECT_EQ(audit_size(), 3U);
}

TEST_F(StoreTest, an_agent_is_inserted_once_and_with_a_key_that_exists) {
    expect_error(
        store->insert_agent(agent_of(kAgent), audit_of("agent.created")), ErrorCode::conflict);
    expect_error(
        store->insert_agent(full_agent(), audit_of("agent.created")), ErrorCode::not_found);
    auto odd = agent_of("agent-3");
    odd.scopes = {"\xff"};
    expect_error(store->insert_agent(odd, audit_of("agent.created")), ErrorCode::invalid_input);
    EXPECT_EQ(audit_size(), 1U);
    EXPECT_EQ(store->agents()->size(), 1U);
}

TEST_F(StoreTest, unknown_agents_are_not_found) {
    expect_error(store->agent("nobody"), ErrorCode::not_found);
    expect_error(store->touch_agent("nobody", kNow), ErrorCode::not_found);
    expect_error(
        store->update_agent("nobody", audit_of("x"), [](AgentRecord&) -> Status { return {}; }),
        ErrorCode::not_found);
    EXPECT_EQ(audit_size(), 1U);
}

TEST_F(StoreTest, an_update_changes_the_agent_but_not_who_it_is) {
    expect_ok(store->insert_key(key_of("key-1", 1), audit_of("key.created")));
    auto expected = full_agent();
    expected.id = kAgent;
    const auto updated =
        store->update_agent(kAgent, audit_of("agent.updated"), [](AgentRecord& agent) -> Status {
            agent = full_agent();
            agent.created_by = "mallory";
            agent.created_at = kNow + 9h;
            return {};
        });
    ASSERT_TRUE(updated.has_value()) << updated.error().detail;
    expect_same(*updated, expected);
    reopen();
    expect_same(*store->agent(kAgent), expected);
    EXPECT_EQ(store->audit_records(0, 10)->back().action, "agent.updated");
}

TEST_F(StoreTest, a_refused_update_writes_nothing) {
    const auto refused =
        store->update_agent(kAgent, audit_of("agent.updated"), [](AgentRecord& agent) -> Status {
            agent.name = "other";
            return fail(ErrorCode::denied, "no");
        });
    expect_error(refused, ErrorCode::denied);
    const auto dangling =
        store->update_agent(kAgent, audit_of("agent.updated"), [](AgentRecord& agent) -> Status {
            agent.signing_key_id = "missing";
            return {};
        });
    expect_error(dangling, ErrorCode::not_found);
    expect_same(*store->agent(kAgent), agent_of(kAgent));
    EXPECT_EQ(audit_size(), 1U);
}

TEST_F(StoreTest, agents_are_found_by_the_whole_prefix) {
    expect_ok(store->insert_agent(agent_of("agent-2"), audit_of("agent.created")));
    const auto found = store->agents_by_key_prefix("ck_agent-2");
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().id, "agent-2");
    for (const auto* prefix : {"", "ck_", "ck_agent-%", "CK_AGENT-2"}) {
        EXPECT_TRUE(store->agents_by_key_prefix(prefix)->empty()) << prefix;
    }
}

TEST_F(StoreTest, touching_an_agent_sets_its_last_activity_alone) {
    expect_ok(store->touch_agent(kAgent, kNow + 5h));
    auto expected = agent_of(kAgent);
    expected.last_active_at = kNow + 5h;
    expect_same(*store->agent(kAgent), expected);
}

TEST_F(StoreTest, keys_are_found_by_id_or_label) {
    expect_ok(store->insert_key(key_of("key-1", 1), audit_of("key.created")));
    auto shadow = key_of("key-2", 2);
    shadow.label = "key-1";
    expect_ok(store->insert_key(shadow, audit_of("key.created")));
    reopen();
    const auto by_id = store->key("key-1");
    ASSERT_TRUE(by_id.has_value());
    EXPECT_EQ(by_id->id, "key-1") << "an id wins over a label";
    EXPECT_EQ(by_id->token_id, (Bytes{1, 1}));
    EXPECT_EQ(by_id->public_key, key_of("key-1", 1).public_key);
    EXPECT_EQ(by_id->address, address(1));
    EXPECT_EQ(by_id->created_at, kNow);
    EXPECT_EQ(store->key("label-key-1")->id, "key-1");
    expect_error(store->key("key-3"), ErrorCode::not_found);
    EXPECT_EQ(store->keys()->size(), 2U);
}

TEST_F(StoreTest, a_key_remembers_its_back_end) {
    auto soft = key_of("key-1", 1);
    soft.backend = KeyBackend::keystore;
    soft.token_id.clear();
    expect_ok(store->insert_key(soft, audit_of("key.created")));
    expect_ok(store->insert_key(key_of("key-2", 2), audit_of("key.created")));
    reopen();
    EXPECT_EQ(store->key("key-1")->backend, KeyBackend::keystore);
    EXPECT_TRUE(store->key("key-1")->token_id.empty());
    EXPECT_EQ(store->key("key-2")->backend, KeyBackend::token);
}

TEST_F(StoreTest, a_key_is_retired_once_and_for_good) {
    expect_ok(store->insert_key(key_of("key-1", 1), audit_of("key.created")));
    EXPECT_FALSE(store->key("key-1")->retired_at.has_value());
    expect_ok(store->retire_key("key-1", audit_of("key.retired", "key-1")));
    reopen();
    EXPECT_EQ(store->key("key-1")->retired_at, kNow);
    EXPECT_EQ(audit_size(), 3U);
    const auto again = store->retire_key("key-1", audit_of("key.retired", "key-1"));
    expect_error(again, ErrorCode::conflict);
    EXPECT_EQ(again.error().reason, "E_KEY_RETIRED");
    expect_error(store->retire_key("key-9", audit_of("key.retired")), ErrorCode::not_found);
    EXPECT_EQ(audit_size(), 3U);
}

TEST_F(StoreTest, a_key_of_an_active_agent_or_an_open_transaction_is_not_retired) {
    expect_ok(store->insert_key(key_of("key-1", 1), audit_of("key.created")));
    const auto give = [&](bool is_active) {
        return store->update_agent(kAgent, audit_of("agent.updated"), [&](AgentRecord& agent) {
            agent.signing_key_id = "key-1";
            agent.is_active = is_active;
            return Status{};
        });
    };
    ASSERT_TRUE(give(true));
    const auto used = store->retire_key("key-1", audit_of("key.retired"));
    expect_error(used, ErrorCode::conflict);
    EXPECT_EQ(used.error().reason, "E_KEY_IN_USE");
    EXPECT_THAT(used.error().detail, testing::HasSubstr(kAgent));
    ASSERT_TRUE(give(false));
    bring("open", 0, IntentState::broadcast);
    const auto waiting = store->retire_key("key-1", audit_of("key.retired"));
    expect_error(waiting, ErrorCode::conflict);
    EXPECT_THAT(waiting.error().detail, testing::HasSubstr("open"));
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    expect_ok(store->mark_included("open", inclusion, kNow));
    expect_ok(store->retire_key("key-1", audit_of("key.retired")));
    const auto back = give(true);
    expect_error(back, ErrorCode::conflict);
    EXPECT_EQ(back.error().reason, "E_KEY_RETIRED");
    EXPECT_FALSE(store->agent(kAgent)->is_active);
    auto fresh = agent_of("agent-2");
    fresh.signing_key_id = "key-1";
    expect_error(store->insert_agent(fresh, audit_of("agent.created")), ErrorCode::conflict);
}

TEST_F(StoreTest, labels_and_addresses_of_keys_are_unique) {
    expect_ok(store->insert_key(key_of("key-1", 1), audit_of("key.created")));
    auto same_label = key_of("key-2", 2);
    same_label.label = "label-key-1";
    auto same_address = key_of("key-3", 3);
    same_address.address = address(1);
    for (const auto& key : {key_of("key-1", 9), same_label, same_address}) {
        expect_error(store->insert_key(key, audit_of("key.created")), ErrorCode::conflict);
    }
    EXPECT_EQ(store->keys()->size(), 1U);
    EXPECT_EQ(audit_size(), 2U);
}

TEST_F(StoreTest, errors_never_carry_stored_values) {
    AdminKeyRecord key{.id = "a", .prefix = "p", .hash = {}, .created_at = kNow};
    key.hash.bytes.fill(0xd5);
    expect_ok(store->insert_admin_key(key, audit_of("admin_key.created")));
    key.name = "second";
    const auto again = store->insert_admin_key(key, audit_of("admin_key.created"));
    ASSERT_FALSE(again.has_value());
    EXPECT_THAT(again.error().detail, testing::Not(testing::HasSubstr("d5d5")));
}

TEST_F(StoreTest, damaged_rules_are_an_error_and_not_an_agent_without_limits) {
    Raw{path()}.run("UPDATE agents SET guardrails = '{}'");
    expect_error(store->agent(kAgent), ErrorCode::internal);
    expect_error(store->agents(), ErrorCode::internal);
    expect_error(
        store->transact([](policy::LedgerTransaction& ledger) -> Status {
            const auto rules = ledger.rules(kAgent);
            return rules ? Status{} : std::unexpected{rules.error()};
        }),
        ErrorCode::internal);
}

}  // namespace
}  // namespace chela::sidecar::store
