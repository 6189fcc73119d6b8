#include "policy/rules/load.hpp"
#include "tests/sidecar/store/fixture.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace chela::sidecar::store {
namespace {

/// @param version  higher ones differ in their text, too
PolicyRecord policy_of(const std::string& id, std::uint64_t version, const std::string& more = "") {
    const auto text = fmt::format(
        "schema: chela.policy/1\n"
        "id: {}\n"
        "version: {}\n"
        "sets:\n"
        "  payees: [\"0xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\"]\n"
        "budgets:\n"
        "  eth-day: {{asset: native@8453, limit: \"1 ETH\", window: 24h}}\n"
        "envelope: {{chains: [8453], tx_types: [2], max_total_fee: \"0.01 ETH\"}}\n"
        "permit:\n"
        "  - {{id: pay, effect: transfer, where: {{asset: native@8453, from: self, to: {{in: "
        "payees}}}}, charge: eth-day}}\n{}",
        id, version, more);
    const auto loaded = policy::load_policy(text, "test.yaml");
    if (!loaded) bug("the test's policy does not load: " + loaded.error().detail);
    return {
        .id = loaded->id,
        .version = loaded->version,
        .digest = loaded->digest,
        .canonical = loaded->canonical,
        .source = text,
        .activated_at = kNow,
        .activated_by = "operator",
        .is_active = false};
}

class PolicyTest : public StoreTest {
protected:
    PolicyRecord activate(const PolicyRecord& policy) {
        const auto active = store->activate_policy(policy, audit_of("policy.activated", policy.id));
        if (!active) bug("the test's policy is refused: " + active.error().detail);
        return *active;
    }
    void bind(const std::optional<std::string>& id) {
        ASSERT_TRUE(store->update_agent(kAgent, audit_of("agent.updated"), [&](AgentRecord& agent) {
            agent.policy_id = id;
            return Status{};
        }));
    }
    void set_organization(const std::optional<std::string>& id) {
        expect_ok(store->set_organization_policy(id, audit_of("organization.policy")));
    }
    [[nodiscard]] policy::AgentRules rules() const {
        policy::AgentRules out;
        expect_ok(store->transact([&](policy::LedgerTransaction& ledger) -> Status {
            auto found = ledger.rules(kAgent);
            if (!found) return std::unexpected{found.error()};
            out = *std::move(found);
            return {};
        }));
        return out;
    }
    [[nodiscard]] std::string bound() const {
        std::string out;
        for (const auto& policy : rules().policies)
            out += fmt::format("{}/{} ", policy->id, policy->version);
        return out;
    }
};

TEST_F(PolicyTest, a_policy_comes_back_whole) {
    const auto right = policy_of("treasury", 7);
    const auto active = activate(right);
    EXPECT_TRUE(active.is_active);
    reopen();
    const auto read = store->policy("treasury");
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->id, "treasury");
    EXPECT_EQ(read->version, 7U);
    EXPECT_EQ(read->digest, right.digest);
    EXPECT_EQ(read->canonical, right.canonical);
    EXPECT_EQ(read->source, right.source);
    EXPECT_EQ(read->activated_at, kNow);
    EXPECT_EQ(read->activated_by, "operator");
    EXPECT_TRUE(read->is_active);
    EXPECT_EQ(store->policy_by_digest(right.digest)->version, 7U);
    EXPECT_EQ(store->audit_records(0, 10)->back().action, "policy.activated");
}

TEST_F(PolicyTest, one_version_of_an_id_is_active_and_the_old_ones_stay) {
    const auto first = policy_of("a", 1), second = policy_of("a", 3), other = policy_of("b", 1);
    for (const auto& policy : {first, second, other})
        activate(policy);
    EXPECT_EQ(store->policy("a")->version, 3U);
    EXPECT_FALSE(store->policy_by_digest(first.digest)->is_active);
    std::string all;
    for (const auto& policy : *store->policies())
        all += fmt::format("{}{}{} ", policy.id, policy.version, policy.is_active ? "+" : "-");
    EXPECT_EQ(all, "a1- a3+ b1+ ");
}

TEST_F(PolicyTest, versions_only_go_up) {
    activate(policy_of("a", 3));
    const auto before = audit_size();
    activate(policy_of("a", 3));
    EXPECT_EQ(audit_size(), before) << "the same text again changes nothing";
    for (const auto& policy :
         {policy_of("a", 1), policy_of("a", 2),
          policy_of("a", 3, "simulation: {require: true}\n")}) {
        const auto refused = store->activate_policy(policy, audit_of("policy.activated"));
        expect_error(refused, ErrorCode::conflict);
        EXPECT_EQ(refused.error().reason, "E_POLICY_VERSION");
    }
    EXPECT_EQ(store->policies()->size(), 1U);
    activate(policy_of("a", 4));
    expect_error(
        store->activate_policy(policy_of("a", 3), audit_of("policy.activated")),
        ErrorCode::conflict);
    EXPECT_EQ(store->policy("a")->version, 4U);
}

TEST_F(PolicyTest, a_text_that_is_not_what_is_said_is_refused) {
    const std::vector<std::function<void(PolicyRecord&)>> changes{
        [](PolicyRecord& policy) { policy.id = "b"; },
        [](PolicyRecord& policy) { policy.version = 2; },
        [](PolicyRecord& policy) { policy.digest = {}; },
        [](PolicyRecord& policy) { policy.canonical = "{}"; },
        [](PolicyRecord& policy) { policy.canonical = ""; },
        [](PolicyRecord& policy) { policy.canonical = policy_of("a", 2).canonical; }};
    for (const auto& change : changes) {
        auto policy = policy_of("a", 1);
        change(policy);
        expect_error(
            store->activate_policy(policy, audit_of("policy.activated")), ErrorCode::invalid_input);
    }
    EXPECT_TRUE(store->policies()->empty());
}

TEST_F(PolicyTest, the_agents_own_policy_comes_before_the_organisations) {
    activate(policy_of("own", 1));
    activate(policy_of("org", 1));
    EXPECT_EQ(bound(), "") << "nothing is bound";
    bind("own");
    EXPECT_EQ(bound(), "own/1 ");
    set_organization("org");
    EXPECT_EQ(*store->organization_policy(), std::optional<std::string>{"org"});
    EXPECT_EQ(bound(), "own/1 org/1 ");
    activate(policy_of("own", 2));
    EXPECT_EQ(bound(), "own/2 org/1 ") << "a new version holds at once";
    reopen();
    EXPECT_EQ(bound(), "own/2 org/1 ");
    bind("org");
    EXPECT_EQ(bound(), "org/1 ") << "one document that is both holds once";
    bind(std::nullopt);
    EXPECT_EQ(bound(), "org/1 ");
    set_organization(std::nullopt);
    EXPECT_EQ(*store->organization_policy(), std::optional<std::string>{});
    EXPECT_EQ(bound(), "");
    EXPECT_EQ(rules().missing_policy, std::nullopt);
}

TEST_F(PolicyTest, guardrails_that_were_changed_stay_known) {
    const auto first = store->agent(kAgent)->guardrails;
    auto second = first;
    second.everywhere.max_per_day = 7;
    for (const auto& guardrails : {second, first, second}) {
        const auto changed =
            store->update_agent(kAgent, audit_of("agent.updated"), [&](AgentRecord& agent) {
                agent.guardrails = guardrails;
                return Status{};
            });
        ASSERT_TRUE(changed.has_value()) << changed.error().detail;
    }
    reopen();
    EXPECT_THAT(*store->past_guardrails(), testing::UnorderedElementsAre(first, second));
}

TEST_F(PolicyTest, a_bound_policy_that_is_not_active_is_missing) {
    bind("own");
    EXPECT_EQ(rules().missing_policy, "own");
    activate(policy_of("own", 1));
    EXPECT_EQ(rules().missing_policy, std::nullopt);
    expect_ok(store->deactivate_policy("own", audit_of("policy.deactivated")));
    EXPECT_EQ(rules().missing_policy, "own");
    EXPECT_TRUE(rules().policies.empty());
    expect_error(store->policy("own"), ErrorCode::not_found);
    expect_error(
        store->deactivate_policy("own", audit_of("policy.deactivated")), ErrorCode::not_found);
    activate(policy_of("own", 2));
    set_organization("org");
    EXPECT_EQ(rules().missing_policy, "org");
    EXPECT_EQ(bound(), "own/2 ");
}

TEST_F(PolicyTest, a_policy_is_read_once_and_shared) {
    activate(policy_of("own", 1));
    bind("own");
    EXPECT_EQ(rules().policies.at(0), rules().policies.at(0));
    const auto policy = rules().policies.at(0);
    EXPECT_EQ(policy->id, "own");
    EXPECT_EQ(policy->canonical, policy_of("own", 1).canonical);
    ASSERT_EQ(policy->budgets.size(), 1U);
    EXPECT_EQ(policy->budgets[0].limit, ether("1").value);
}

TEST_F(PolicyTest, a_stored_policy_that_is_damaged_is_an_error_and_not_an_agent_without_limits) {
    activate(policy_of("own", 1));
    bind("own");
    const auto other = policy_of("own", 2).canonical;
    for (const auto& text : {std::string{"{}"}, other}) {
        reopen();
        Raw{path()}.run("UPDATE policies SET canonical = '" + text + "'");
        expect_error(
            store->transact([](policy::LedgerTransaction& ledger) -> Status {
                const auto found = ledger.rules(kAgent);
                return found ? Status{} : std::unexpected{found.error()};
            }),
            ErrorCode::internal);
    }
}

policy::DecisionEntry decision_of(const std::string& id, const std::string& intent) {
    return {
        .id = id,
        .intent_id = intent,
        .agent_id = kAgent,
        .at = kNow,
        .verdict = "deny",
        .record = R"({"b":1,"a":2})"};
}

TEST_F(PolicyTest, decisions_are_kept_word_for_word_and_the_intent_names_the_latest) {
    insert("i");
    expect_ok(store->transact([](policy::LedgerTransaction& ledger) -> Status {
        for (const auto* id : {"d1", "d2"})
            if (auto status = ledger.record(decision_of(id, "i")); !status) return status;
        return ledger.record(decision_of("d3", ""));
    }));
    reopen();
    const auto read = store->decision("d1");
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    const auto right = decision_of("d1", "i");
    EXPECT_EQ(read->intent_id, "i");
    EXPECT_EQ(read->agent_id, kAgent);
    EXPECT_EQ(read->at, kNow);
    EXPECT_EQ(read->verdict, "deny");
    EXPECT_EQ(read->record, right.record);
    EXPECT_EQ(store->intent("i")->decision_id, "d2");
    ASSERT_EQ(store->decisions("i")->size(), 2U);
    EXPECT_EQ(store->decisions("i")->at(1).id, "d2");
    EXPECT_EQ(store->decision("d3")->intent_id, "");
    expect_error(store->decision("d4"), ErrorCode::not_found);
}

TEST_F(PolicyTest, a_decision_is_written_once_and_about_what_exists) {
    const auto keep = [&](const policy::DecisionEntry& decision) {
        return store->transact(
            [&](policy::LedgerTransaction& ledger) { return ledger.record(decision); });
    };
    expect_ok(keep(decision_of("d", "")));
    expect_error(keep(decision_of("d", "")), ErrorCode::conflict);
    expect_error(keep(decision_of("e", "nobody")), ErrorCode::not_found);
    auto foreign = decision_of("e", "");
    foreign.agent_id = "nobody";
    expect_error(keep(foreign), ErrorCode::not_found);
    expect_error(store->decision("e"), ErrorCode::not_found);
}

TEST_F(PolicyTest, several_are_activated_with_the_organisations_or_none_is) {
    activate(policy_of("b", 5));
    const auto before = audit_size();
    const auto of = [](PolicyRecord policy) {
        return PolicyActivation{policy, audit_of("policy.activated", policy.id)};
    };
    const OrganizationChange organization{"a", audit_of("policy.organization", "a")};
    const auto refused =
        store->activate_policies({of(policy_of("a", 1)), of(policy_of("b", 4))}, organization);
    expect_error(refused, ErrorCode::conflict);
    EXPECT_EQ(refused.error().reason, "E_POLICY_VERSION");
    expect_error(store->policy("a"), ErrorCode::not_found);
    EXPECT_EQ(*store->organization_policy(), std::nullopt);
    EXPECT_EQ(audit_size(), before);

    expect_ok(
        store->activate_policies({of(policy_of("a", 1)), of(policy_of("b", 6))}, organization));
    EXPECT_EQ(store->policy("a")->version, 1U);
    EXPECT_EQ(store->policy("b")->version, 6U);
    EXPECT_EQ(*store->organization_policy(), "a");
    EXPECT_EQ(audit_size(), before + 3);
}

}  // namespace
}  // namespace chela::sidecar::store
