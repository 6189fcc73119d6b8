#include "sidecar/flow/agents.hpp"

#include "sidecar/auth/api_key.hpp"
#include "tests/sidecar/flow/world.hpp"

namespace chela::sidecar::flow {
namespace {

class agents : public World {
protected:
    Agents use{*process->store, process->keyring, clock};

    [[nodiscard]] store::AgentRecord stored(const std::string& id) const {
        const auto found = process->store->agent(id);
        if (!found) bug("the test's agent is not there");
        return *found;
    }
    [[nodiscard]] std::string last_action() const {
        return process->store->audit_records(0, 1'000)->back().action;
    }
};

TEST_F(agents, create_gives_an_api_key_and_a_signing_key_of_its_own) {
    store::AgentRecord draft;
    draft.name = "second";
    draft.intents_api_enabled = true;
    const auto created = use.create(draft, "operator");
    ASSERT_TRUE(created.has_value()) << created.error().detail;
    const auto agent = stored(created->agent.id);
    EXPECT_EQ(agent.api_key_hash, auth::hash_api_key(created->api_key.reveal()));
    EXPECT_TRUE(created->api_key.reveal().starts_with(agent.api_key_prefix));
    EXPECT_EQ(agent.created_by, "operator");
    EXPECT_EQ(agent.created_at, test::kNow);
    EXPECT_EQ(last_action(), "agent.created");
    ASSERT_TRUE(agent.signing_key_id.has_value());
    const auto key = process->store->key(*agent.signing_key_id);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(key->address, chains::address_of(key->public_key));
    EXPECT_NE(key->address, signer);
}

TEST_F(agents, one_that_may_not_sign_gets_no_key_until_it_may) {
    store::AgentRecord draft;
    draft.name = "reader";
    const auto created = use.create(draft, "operator");
    ASSERT_TRUE(created.has_value());
    EXPECT_FALSE(created->agent.signing_key_id.has_value());
    const auto updated =
        use.update(created->agent.id, "admin:1", [](store::AgentRecord& agent) -> Status {
            agent.intents_api_enabled = true;
            return {};
        });
    ASSERT_TRUE(updated.has_value()) << updated.error().detail;
    ASSERT_TRUE(updated->signing_key_id.has_value());
    EXPECT_TRUE(process->store->key(*updated->signing_key_id).has_value());
}

TEST_F(agents, a_named_key_is_taken_by_label_and_an_unknown_one_refused) {
    ASSERT_TRUE(process->keyring.create("treasury", "operator", test::kNow).has_value());
    store::AgentRecord draft;
    draft.name = "second";
    draft.signing_key_id = "treasury";
    const auto created = use.create(draft, "operator");
    ASSERT_TRUE(created.has_value()) << created.error().detail;
    EXPECT_EQ(*stored(created->agent.id).signing_key_id, process->store->key("treasury")->id);
    draft.signing_key_id = "nothing";
    const auto refused = use.create(draft, "operator");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::not_found);
    EXPECT_EQ(process->store->agents()->size(), 2U);
}

TEST_F(agents, rotation_ends_the_old_key_and_every_token) {
    const auto before = stored(agent_id);
    const auto key = use.rotate_key(agent_id, "operator");
    ASSERT_TRUE(key.has_value());
    const auto after = stored(agent_id);
    EXPECT_EQ(after.api_key_hash, auth::hash_api_key(key->reveal()));
    EXPECT_NE(after.api_key_hash, before.api_key_hash);
    EXPECT_EQ(after.credential_generation, before.credential_generation + 1);
    EXPECT_EQ(after.signing_key_id, before.signing_key_id);
    EXPECT_EQ(last_action(), "agent.rotate_key");
}

TEST_F(agents, deactivation_ends_every_token) {
    const auto before = stored(agent_id);
    ASSERT_TRUE(use.deactivate(agent_id, "operator").has_value());
    EXPECT_FALSE(stored(agent_id).is_active);
    EXPECT_EQ(stored(agent_id).credential_generation, before.credential_generation + 1);
    EXPECT_EQ(last_action(), "agent.deactivate");
}

TEST_F(agents, update_changes_what_it_names_and_keeps_the_rest) {
    const auto before = stored(agent_id);
    const auto updated = use.update(agent_id, "operator", [](store::AgentRecord& agent) -> Status {
        agent.description = "pays invoices";
        return {};
    });
    ASSERT_TRUE(updated.has_value());
    const auto after = stored(agent_id);
    EXPECT_EQ(after.description, "pays invoices");
    EXPECT_EQ(after.name, before.name);
    EXPECT_EQ(after.guardrails, before.guardrails);
    EXPECT_EQ(after.api_key_hash, before.api_key_hash);
    EXPECT_EQ(after.credential_generation, before.credential_generation);
    EXPECT_EQ(after.signing_key_id, before.signing_key_id);
}

TEST_F(agents, are_bound_to_a_document_that_is_active_or_to_none) {
    const auto bind = [this](std::optional<std::string> id) {
        return use.update(agent_id, "operator", [&](store::AgentRecord& agent) -> Status {
            agent.policy_id = id;
            return {};
        });
    };
    const auto unknown = bind("treasury");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().reason, "E_POLICY_UNKNOWN");
    EXPECT_EQ(stored(agent_id).policy_id, std::nullopt);
    store::AgentRecord draft;
    draft.name = "second";
    draft.policy_id = "treasury";
    const auto refused = use.create(draft, "operator");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_POLICY_UNKNOWN");
    EXPECT_EQ(process->store->agents()->size(), 1U);

    use_policy(
        "schema: chela.policy/1\nid: treasury\nversion: 1\n"
        "envelope: {chains: [8453], tx_types: [2], max_total_fee: \"0.1 ETH\"}\n");
    EXPECT_EQ(stored(agent_id).policy_id, "treasury");
    EXPECT_TRUE(use.create(draft, "operator").has_value());
    EXPECT_TRUE(bind(std::nullopt).has_value());
    EXPECT_TRUE(bind("treasury").has_value());
}

TEST_F(agents, whose_document_is_gone_may_still_be_changed_otherwise) {
    use_policy(
        "schema: chela.policy/1\nid: treasury\nversion: 1\n"
        "envelope: {chains: [8453], tx_types: [2], max_total_fee: \"0.1 ETH\"}\n");
    ASSERT_TRUE(
        process->store
            ->deactivate_policy(
                "treasury", {clock.time, "operator", "policy.deactivated", "treasury", "{}"})
            .has_value());
    const auto off = use.update(agent_id, "operator", [](store::AgentRecord& agent) -> Status {
        agent.is_active = false;
        return {};
    });
    ASSERT_TRUE(off.has_value()) << off.error().detail;
    EXPECT_FALSE(stored(agent_id).is_active);
}

TEST_F(agents, a_refused_update_changes_nothing) {
    const auto refused = use.update(agent_id, "operator", [](store::AgentRecord& agent) -> Status {
        agent.name = "changed";
        return fail(ErrorCode::invalid_input, "no");
    });
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(stored(agent_id).name, "payer");
    EXPECT_EQ(use.rotate_key("nobody", "operator").error().code, ErrorCode::not_found);
    EXPECT_EQ(use.deactivate("nobody", "operator").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace chela::sidecar::flow
