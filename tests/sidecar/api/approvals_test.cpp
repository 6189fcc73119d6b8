// The approvals resource on a real store and the real flow.
#include "chains/base/rfc3339.hpp"
#include "sidecar/api/approval_view.hpp"
#include "tests/sidecar/api/treasury.hpp"
#include "tests/sidecar/api/world.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {
namespace {

using namespace std::chrono_literals;
using flow::IntentState;

class approvals : public ApiWorld {
protected:
    approvals() {
        use_policy(treasury(2));
        agent_key = give_key(agent_id);
        first = add_operator("first");
        second = add_operator("second");
    }

    http::Response ask(
        const std::string& key,
        const std::string& method,
        const std::string& path,
        const Json& body = nullptr,
        std::map<std::string, std::string> query = {}) {
        http::Request request;
        request.method = method;
        request.path = path;
        request.query = std::move(query);
        if (!body.is_null()) request.body = body.dump();
        return send(*router, key, std::move(request));
    }
    http::Response decide(
        const std::string& key, const std::string& id, const std::string& decision) {
        return ask(
            key, "POST", "/v1/approvals/" + id + "/decide",
            {{"decision", decision}, {"reason", "because"}});
    }
    std::string held(const std::string& key = "a") {
        return submitted(
            key, IntentState::awaiting_approval, flow::request_to_alice(flow::ether("2")));
    }
    [[nodiscard]] std::string approval_of(const std::string& intent_id) const {
        return intent(intent_id).approval_id;
    }
    static std::string code_of(const http::Response& response) {
        return json_of(response).value("code", "");
    }

    Context context = context_with();
    std::shared_ptr<const http::Router> router = make_router(context);
    std::string agent_key;
    Operator first;
    Operator second;
};

TEST_F(approvals, show_every_published_member_while_they_wait) {
    const auto intent_id = held();
    const auto id = approval_of(intent_id);
    const auto response = ask(first.key, "GET", "/v1/approvals/" + id);
    ASSERT_EQ(response.status, 200U) << response.body;
    const Json view = json_of(response);
    EXPECT_EQ(view.at("id"), id);
    EXPECT_EQ(view.at("org_id"), process->store->org_id());
    EXPECT_EQ(view.at("user_id"), first.id) << "the oldest admin key, until somebody decides";
    EXPECT_EQ(view.at("agent_id"), agent_id);
    EXPECT_EQ(view.at("action"), "sign_transaction");
    EXPECT_EQ(view.at("target_type"), "transaction");
    EXPECT_EQ(view.at("target_id"), intent_id);
    EXPECT_EQ(view.at("risk_tier"), 2);
    EXPECT_EQ(view.at("status"), "pending");
    EXPECT_FALSE(view.at("summary").at("effects").at("roots").empty());
    EXPECT_FALSE(view.at("summary").at("reasons").empty());
    EXPECT_FALSE(view.at("reason").get<std::string>().empty());
    EXPECT_TRUE(view.at("decision_reason").is_null());
    EXPECT_TRUE(view.at("decided_by").is_null());
    EXPECT_TRUE(view.at("decided_at").is_null());
    EXPECT_EQ(view.at("expires_at"), to_rfc3339(clock.time + 15min));
    EXPECT_EQ(view.at("created_at"), to_rfc3339(clock.time));
    EXPECT_EQ(view.at("quorum").at("of"), "operators");
    EXPECT_EQ(view.at("quorum").at("minimum"), 2);
    EXPECT_TRUE(view.at("quorum").at("approved_by").empty());
    EXPECT_EQ(view.at("policy_digests").size(), 1U);
    EXPECT_EQ(view.at("stale"), false);
}

/// The document in its next version, which differs in nothing else.
std::string next_version() {
    std::string text = treasury(2);
    const std::string before = "version: 1";
    return text.replace(text.find(before), before.size(), "version: 2");
}

TEST_F(approvals, of_other_policies_than_hold_now_show_as_stale_and_take_no_yes) {
    const auto intent_id = held();
    const auto id = approval_of(intent_id);
    use_policy(next_version());
    EXPECT_EQ(json_of(ask(first.key, "GET", "/v1/approvals/" + id)).at("stale"), true);
    const Json list = json_of(ask(agent_key, "GET", "/v1/approvals"));
    EXPECT_EQ(list.at("approvals").at(0).at("stale"), true);
    const auto yes = decide(first.key, id, "approve");
    EXPECT_EQ(yes.status, 409U) << yes.body;
    EXPECT_EQ(code_of(yes), "E_APPROVAL_STALE");
    EXPECT_TRUE(process->store->approval(id)->votes.empty());
    EXPECT_EQ(intent(intent_id).state, IntentState::awaiting_approval);
    const auto no = decide(first.key, id, "reject");
    EXPECT_EQ(no.status, 200U) << no.body;
    EXPECT_EQ(json_of(no).at("stale"), false) << "nothing hangs on it any more";
    const auto late = decide(second.key, id, "approve");
    EXPECT_EQ(code_of(late), "E_APPROVAL_DECIDED");
}

TEST_F(approvals, are_bound_to_guardrails_document_and_organisation_as_the_gate_binds_them) {
    const auto change = [this](auto edit) {
        const auto done = process->store->update_agent(
            agent_id, {clock.time, "operator", "test", agent_id, "{}"},
            [&edit](store::AgentRecord& agent) -> Status {
                edit(agent);
                return {};
            });
        if (!done) bug(done.error().detail);
    };
    const auto set_organization = [this](const std::optional<std::string>& id) {
        const auto done = process->store->set_organization_policy(
            id, {clock.time, "operator", "policy.organization", "", "{}"});
        if (!done) bug(done.error().detail);
    };
    const auto stale_of = [this](const std::string& intent_id) {
        return json_of(ask(first.key, "GET", "/v1/approvals/" + approval_of(intent_id)))
            .at("stale");
    };
    change([](store::AgentRecord& agent) {
        agent.guardrails.everywhere.max_value = flow::ether("3");
    });
    const auto with_guardrails = held("a");
    EXPECT_EQ(process->store->approval(approval_of(with_guardrails))->policy_digests.size(), 2U);
    EXPECT_EQ(stale_of(with_guardrails), false);
    change([](store::AgentRecord& agent) {
        agent.guardrails.everywhere.max_value = flow::ether("4");
    });
    EXPECT_EQ(stale_of(with_guardrails), true);

    set_organization("treasury");
    const auto twice = held("b");
    EXPECT_EQ(stale_of(twice), false) << "a document that is both holds once";
    change([](store::AgentRecord& agent) { agent.policy_id.reset(); });
    const auto above = held("c");
    EXPECT_EQ(stale_of(above), false);
    set_organization(std::nullopt);
    EXPECT_EQ(stale_of(above), true);
    set_organization("nothing");
    EXPECT_EQ(stale_of(above), true) << "what is missing denies";
}

TEST_F(approvals, are_named_by_the_transaction_that_waits) {
    const auto intent_id = held();
    const auto response =
        ask(agent_key, "GET", "/v1/agents/" + agent_id + "/transactions/" + intent_id);
    ASSERT_EQ(response.status, 200U) << response.body;
    EXPECT_EQ(json_of(response).at("status"), "pending");
    EXPECT_EQ(json_of(response).at("state"), "awaiting_approval");
    EXPECT_EQ(json_of(response).at("approval_id"), approval_of(intent_id));
}

TEST_F(approvals, of_two_operators_send_the_payment) {
    process->approval_watch.start();
    const auto intent_id = held();
    const auto id = approval_of(intent_id);
    const auto one = decide(first.key, id, "approve");
    ASSERT_EQ(one.status, 200U) << one.body;
    EXPECT_EQ(json_of(one).at("status"), "pending");
    EXPECT_EQ(json_of(one).at("quorum").at("approved_by"), Json::array({"admin:" + first.id}));
    EXPECT_EQ(intent(intent_id).state, IntentState::awaiting_approval);
    const auto again = decide(first.key, id, "approve");
    EXPECT_EQ(again.status, 409U);
    EXPECT_EQ(code_of(again), "E_APPROVAL_VOTED");
    const auto two = decide(second.key, id, "approve");
    ASSERT_EQ(two.status, 200U) << two.body;
    EXPECT_EQ(json_of(two).at("status"), "approved");
    EXPECT_EQ(json_of(two).at("decided_by"), second.id);
    EXPECT_EQ(json_of(two).at("user_id"), second.id);
    EXPECT_EQ(json_of(two).at("decision_reason"), "because");
    expect_reaches(intent_id, IntentState::broadcast);
    const auto late = decide(first.key, id, "reject");
    EXPECT_EQ(late.status, 409U);
    EXPECT_EQ(code_of(late), "E_APPROVAL_DECIDED");
}

TEST_F(approvals, that_one_operator_rejects_deny_the_payment) {
    const auto intent_id = held();
    const auto response = decide(second.key, approval_of(intent_id), "reject");
    ASSERT_EQ(response.status, 200U) << response.body;
    EXPECT_EQ(json_of(response).at("status"), "rejected");
    EXPECT_EQ(json_of(response).at("decided_by"), second.id);
    EXPECT_EQ(intent(intent_id).state, IntentState::denied);
    EXPECT_EQ(intent(intent_id).error_code, "E_APPROVAL_REJECTED");
}

TEST_F(approvals, are_never_an_agents_to_give) {
    const auto id = approval_of(held());
    for (const auto* decision : {"approve", "reject"}) {
        const auto response = decide(agent_key, id, decision);
        EXPECT_EQ(response.status, 403U);
        EXPECT_EQ(code_of(response), "E_APPROVAL_BY_AGENT");
    }
    EXPECT_TRUE(process->store->approval(id)->votes.empty());
    EXPECT_EQ(decide("1ck_nobody", id, "approve").status, 401U);
}

TEST_F(approvals, show_as_expired_when_their_time_is_over) {
    const auto id = approval_of(held());
    clock.time += 15min;
    EXPECT_EQ(json_of(ask(first.key, "GET", "/v1/approvals/" + id)).at("status"), "expired");
    const auto late = decide(first.key, id, "approve");
    EXPECT_EQ(late.status, 409U);
    EXPECT_EQ(code_of(late), "E_APPROVAL_EXPIRED");
}

TEST_F(approvals, are_listed_for_the_admin_and_for_the_agent_whose_they_are) {
    const auto older = approval_of(held("a"));
    clock.time += 1s;
    const auto newer = approval_of(held("b"));
    const auto other = stranger();
    for (const auto& key : {first.key, agent_key}) {
        const Json all = json_of(ask(key, "GET", "/v1/approvals")).at("approvals");
        ASSERT_EQ(all.size(), 2U);
        EXPECT_EQ(all[0].at("id"), newer);
        EXPECT_EQ(all[1].at("id"), older);
    }
    EXPECT_TRUE(json_of(ask(other, "GET", "/v1/approvals")).at("approvals").empty());
    const auto hidden = ask(other, "GET", "/v1/approvals/" + older);
    EXPECT_EQ(hidden.status, 404U);
    EXPECT_EQ(code_of(hidden), "E_NO_APPROVAL");
    EXPECT_EQ(ask(agent_key, "GET", "/v1/approvals/" + older).status, 200U);
}

TEST_F(approvals, are_listed_by_status_and_in_pages) {
    const auto older = approval_of(held("a"));
    clock.time += 1s;
    const auto newer = approval_of(held("b"));
    ASSERT_EQ(decide(first.key, older, "reject").status, 200U);
    const auto listed = [&](std::map<std::string, std::string> query) {
        return json_of(ask(first.key, "GET", "/v1/approvals", nullptr, std::move(query)))
            .at("approvals");
    };
    ASSERT_EQ(listed({{"status", "rejected"}}).size(), 1U);
    EXPECT_EQ(listed({{"status", "rejected"}})[0].at("id"), older);
    EXPECT_EQ(listed({{"status", "pending"}})[0].at("id"), newer);
    EXPECT_TRUE(listed({{"status", "approved"}}).empty());
    ASSERT_EQ(listed({{"limit", "1"}, {"offset", "1"}}).size(), 1U);
    EXPECT_EQ(listed({{"limit", "1"}, {"offset", "1"}})[0].at("id"), older);
    EXPECT_TRUE(listed({{"offset", "2"}}).empty());
    EXPECT_EQ(listed({{"limit", "200"}}).size(), 2U);
}

TEST_F(approvals, are_not_listed_by_a_query_that_means_nothing) {
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"status", "open"}, {"limit", "201"}, {"offset", "-1"}}) {
        const auto response = ask(first.key, "GET", "/v1/approvals", nullptr, {{name, value}});
        EXPECT_EQ(response.status, 400U) << name;
        EXPECT_EQ(code_of(response), "E_QUERY") << name;
    }
    for (const std::string limit : {"0", "x", "", "1x", "99999999999999999999"}) {
        EXPECT_EQ(ask(first.key, "GET", "/v1/approvals", nullptr, {{"limit", limit}}).status, 400U)
            << limit;
    }
}

TEST_F(approvals, are_decided_by_approve_or_reject_and_nothing_else) {
    const auto id = approval_of(held());
    const auto path = "/v1/approvals/" + id + "/decide";
    for (const Json& body :
         {Json{{"decision", "yes"}}, Json::object(), Json{{"decision", true}},
          Json{{"decision", "approve"}, {"force", true}},
          Json{{"decision", "approve"}, {"reason", std::string(1'001, 'x')}}}) {
        EXPECT_EQ(ask(first.key, "POST", path, body).status, 400U) << body.dump().substr(0, 80);
    }
    EXPECT_TRUE(process->store->approval(id)->votes.empty());
    const auto unknown = decide(first.key, random_uuid(), "approve");
    EXPECT_EQ(unknown.status, 404U);
    EXPECT_EQ(code_of(unknown), "E_NO_APPROVAL");
}

TEST_F(approvals, that_an_agent_asks_for_are_the_ones_that_its_policy_made) {
    const auto intent_id = held();
    const Json wanted = {
        {"action", "pay"},
        {"target_type", "transaction"},
        {"target_id", intent_id},
        {"summary", {{"please", true}}}};
    const auto response = ask(agent_key, "POST", "/v1/approvals/request", wanted);
    ASSERT_EQ(response.status, 202U) << response.body;
    const auto id = approval_of(intent_id);
    EXPECT_EQ(json_of(response).at("id"), id);
    EXPECT_FALSE(json_of(response).at("summary").contains("please"));
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].first, "Location");
    EXPECT_EQ(response.headers[0].second, "/v1/approvals/" + id);
}

TEST_F(approvals, are_not_made_for_anything_else) {
    const auto intent_id = held();
    const auto small = submitted("small", IntentState::broadcast);
    const auto asked = [&](const std::string& key, const std::string& type,
                           const std::string& target) {
        const auto response =
            ask(key, "POST", "/v1/approvals/request",
                {{"action", "x"}, {"target_type", type}, {"target_id", target}, {"summary", {}}});
        return std::to_string(response.status) + " " + code_of(response);
    };
    EXPECT_EQ(asked(agent_key, "secret", intent_id), "501 E_UNSUPPORTED_TARGET");
    EXPECT_EQ(asked(agent_key, "intent", small), "404 E_NOT_HELD");
    EXPECT_EQ(asked(agent_key, "intent", random_uuid()), "404 E_NO_INTENT");
    EXPECT_EQ(asked(agent_key, "intent", "x"), "400 E_FIELD_UUID");
    EXPECT_EQ(asked(stranger(), "intent", intent_id), "404 E_NO_INTENT");
    EXPECT_EQ(asked(first.key, "intent", intent_id), "403 E_AGENT_ONLY");
}

TEST_F(approvals, that_wait_are_counted_for_whoever_may_ask_for_health) {
    static_cast<void>(held("a"));
    static_cast<void>(held("b"));
    http::Request request;
    request.method = "GET";
    request.path = "/metrics";
    request.deadline = soon();
    const auto response = test::await(process->context, router->dispatch(request));
    ASSERT_EQ(response.status, 200U);
    EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(response.body, testing::HasSubstr("\nchela_approvals_pending 2\n"));
    EXPECT_THAT(
        response.body,
        testing::ContainsRegex(
            "chela_policy_decisions_total\\{code=\"[A-Z_]+\",verdict=\"review\"\\} 2"));
    for (const auto& secret : {agent_id, std::string{"payer"}, std::string{"treasury"}, first.id})
        EXPECT_THAT(response.body, testing::Not(testing::HasSubstr(secret)));
}

TEST(approver_uuid, is_an_admin_keys_own_and_a_stable_one_of_anybody_else) {
    const std::string admin = "6f1c2a9e-0d4b-4a57-9b39-3f1f6f6f0a01";
    EXPECT_EQ(approver_uuid("org", "admin:" + admin), admin);
    const auto local = approver_uuid("org", "local:1000");
    EXPECT_TRUE(is_uuid(local)) << local;
    EXPECT_EQ(local[14], '8') << "version 8: " << local;
    EXPECT_EQ(approver_uuid("org", "local:1000"), local);
    EXPECT_NE(approver_uuid("org", "local:1001"), local);
    EXPECT_NE(approver_uuid("other", "local:1000"), local);
    EXPECT_TRUE(is_uuid(approver_uuid("org", "admin:not-a-uuid")));
}

}  // namespace
}  // namespace chela::sidecar::api
