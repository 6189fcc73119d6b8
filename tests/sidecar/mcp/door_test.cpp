// chela's tools on a real store and the real flow, as an agent's client would use them.
#include "sidecar/mcp/door.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "tests/sidecar/api/treasury.hpp"
#include "tests/sidecar/api/world.hpp"

#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::mcp {
namespace {

using flow::IntentState;
using store::Vote;

class mcp_door : public api::ApiWorld {
protected:
    mcp_door() {
        add_routes(router, api);
        key = give_key(agent_id);
    }
    http::Response post(const std::string& as, const Json& message, bool is_modern) {
        http::Request request;
        request.method = "POST";
        request.path = "/mcp";
        request.body = message.dump();
        if (is_modern) {
            request.headers = {
                {"mcp-protocol-version", "2026-07-28"},
                {"mcp-method", message.at("method").get<std::string>()}};
            const auto name = text_member(message.at("params"), "name");
            if (!name.empty()) request.headers.emplace_back("mcp-name", name);
        }
        return send(router, as, std::move(request));
    }
    /// Of a modern client. @param more  members of the parameters besides name and arguments
    Json call(
        const std::string& tool,
        const Json& arguments = Json::object(),
        const Json& capabilities = Json::object(),
        const Json& more = Json::object()) {
        Json params = more;
        params["name"] = tool;
        params["arguments"] = arguments;
        params["_meta"] = {{kMetaVersion, kModernVersion}, {kMetaCapabilities, capabilities}};
        const auto response = post(
            key, {{"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/call"}, {"params", params}},
            true);
        EXPECT_EQ(response.status, 200U) << response.body;
        return json_of(response).value("result", Json{});
    }
    Json content(const std::string& tool, const Json& arguments = Json::object()) {
        const auto result = call(tool, arguments);
        EXPECT_FALSE(result.contains("isError")) << result.dump();
        return result.at("structuredContent");
    }
    Json refusal(const std::string& tool, const Json& arguments = Json::object()) {
        const auto result = call(tool, arguments);
        EXPECT_TRUE(result.value("isError", false)) << result.dump();
        return result.at("structuredContent");
    }
    static Json payment(
        const std::string& idempotency_key,
        const std::string& value = "0.000000000000000001",
        const Address& to = flow::kAlice) {
        return {
            {"chain", "base"},
            {"to", to_checksum(to)},
            {"value", value},
            {"idempotency_key", idempotency_key}};
    }
    [[nodiscard]] std::size_t intents() const {
        return process->store->intents(agent_id, 100)->size();
    }

    api::Context api = context_with();
    http::Router router;
    std::string key;
};

const Json kAsks{{"elicitation", Json::object()}};

TEST_F(mcp_door, lists_eight_tools_and_none_that_gives_or_takes_a_secret) {
    const auto response =
        post(key, {{"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/list"}}, false);
    std::set<std::string> names;
    for (const auto& tool : json_of(response).at("result").at("tools")) {
        names.insert(tool.at("name").get<std::string>());
        EXPECT_EQ(tool.at("inputSchema").at("additionalProperties"), false) << tool.dump();
        EXPECT_TRUE(tool.contains("outputSchema") && tool.contains("annotations")) << tool.dump();
        const bool signs = !tool.at("annotations").at("readOnlyHint").get<bool>();
        const auto required = tool.at("inputSchema").value("required", Json::array());
        const bool wants_key =
            std::ranges::find(required, Json("idempotency_key")) != required.end();
        EXPECT_EQ(signs, wants_key) << "what moves money, and nothing else, has a key";
    }
    EXPECT_EQ(
        names, (std::set<std::string>{
                   "wallet_address", "balances", "policy_describe", "budget_status",
                   "intent_simulate", "intent_submit", "intent_status", "typed_data_sign"}));
}

TEST_F(mcp_door, knows_nobody_without_a_credential) {
    http::Request request;
    request.method = "POST";
    request.path = "/mcp";
    request.body = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
    request.deadline = soon();
    const auto response = test::await(process->context, router.dispatch(request));
    EXPECT_EQ(response.status, 401U);
    EXPECT_EQ(
        response.headers.at(0),
        (std::pair<std::string, std::string>{"WWW-Authenticate", "Bearer"}));
    EXPECT_EQ(json_of(response).at("error").at("data").at("code"), "E_NO_CREDENTIALS");
    const auto admin = add_operator("first");
    const auto refused =
        post(admin.key, {{"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/list"}}, false);
    EXPECT_EQ(refused.status, 403U);
    EXPECT_EQ(json_of(refused).at("error").at("data").at("code"), "E_AGENT_ONLY");
    request.method = "GET";
    EXPECT_EQ(test::await(process->context, router.dispatch(request)).status, 405U);
    request.method = "DELETE";
    EXPECT_EQ(test::await(process->context, router.dispatch(request)).status, 405U);
}

TEST_F(mcp_door, tells_the_address_and_its_chains) {
    const auto wallet = content("wallet_address");
    EXPECT_EQ(wallet.at("address"), to_checksum(signer));
    EXPECT_EQ(wallet.at("chains").at(0).at("name"), "base");
    EXPECT_EQ(refusal("wallet_address", {{"secret", true}}).at("code"), "E_UNKNOWN_FIELD");
}

TEST_F(mcp_door, pays_once_for_each_key) {
    const auto first = content("intent_submit", payment("invoice-7"));
    EXPECT_EQ(first.at("state"), "broadcast");
    EXPECT_EQ(first.at("tx_hash"), Json(node->hash_at(0)));
    const auto again = content("intent_submit", payment("invoice-7"));
    EXPECT_EQ(again.at("intent_id"), first.at("intent_id"));
    EXPECT_EQ(intents(), 1U);
    EXPECT_EQ(
        refusal("intent_submit", payment("invoice-7", "0.5")).at("code"), "E_IDEMPOTENCY_MISMATCH");
    const auto status = content("intent_status", {{"intent_id", first.at("intent_id")}});
    EXPECT_EQ(status.at("tx_hash"), first.at("tx_hash"));
    EXPECT_EQ(status.at("attempts").size(), 1U);
}

TEST_F(mcp_door, pays_nothing_without_a_key) {
    auto arguments = payment("x");
    arguments.erase("idempotency_key");
    EXPECT_EQ(refusal("intent_submit", arguments).at("code"), "E_IDEMPOTENCY_KEY");
    for (const Json& bad : {Json(7), Json(""), Json("a b"), Json(std::string(256, 'a'))}) {
        arguments["idempotency_key"] = bad;
        EXPECT_EQ(refusal("intent_submit", arguments).at("code"), "E_IDEMPOTENCY_KEY") << bad;
    }
    EXPECT_EQ(intents(), 0U);
}

TEST_F(mcp_door, tells_what_the_policy_denies_with_its_reason_and_intent) {
    const auto denied = refusal("intent_submit", payment("a", "0.1", test::address(0xe5)));
    EXPECT_EQ(denied.at("code"), "E_TO_NOT_ALLOWED") << denied.dump();
    EXPECT_EQ(denied.at("violations").at(0).at("code"), "E_TO_NOT_ALLOWED");
    EXPECT_EQ(denied.at("state"), "denied");
    EXPECT_FALSE(denied.at("message").get<std::string>().empty());
    EXPECT_EQ(intent(denied.at("intent_id").get<std::string>()).state, IntentState::denied);
    EXPECT_EQ(refusal("intent_submit", payment("a", "0.1", test::address(0xe5))), denied)
        << "the same key hears the same";
}

TEST_F(mcp_door, signs_no_typed_data_that_nothing_permits) {
    const Json mail{
        {"types",
         {{"EIP712Domain", Json::array({{{"name", "name"}, {"type", "string"}}})},
          {"Mail", Json::array({{{"name", "text"}, {"type", "string"}}})}}},
        {"primaryType", "Mail"},
        {"domain", {{"name", "post"}}},
        {"message", {{"text", "hello"}}}};
    Json arguments{{"chain", "base"}, {"typed_data", mail}};
    EXPECT_EQ(refusal("typed_data_sign", arguments).at("code"), "E_IDEMPOTENCY_KEY");
    arguments["idempotency_key"] = "mail-1";
    const auto denied = refusal("typed_data_sign", arguments);
    EXPECT_EQ(denied.at("state"), "denied") << denied.dump();
    EXPECT_EQ(
        intent(denied.at("intent_id").get<std::string>()).operation, policy::Operation::typed_data);
}

TEST_F(mcp_door, shows_no_intent_of_another_agent) {
    const auto mine = content("intent_submit", payment("a"));
    key = stranger();
    EXPECT_EQ(
        refusal("intent_status", {{"intent_id", mine.at("intent_id")}}).at("code"),
        "E_NO_TRANSACTION");
    EXPECT_EQ(refusal("intent_submit", payment("a")).at("code"), "E_INTENTS_DISABLED");
}

TEST_F(mcp_door, says_what_is_allowed_and_keeps_thresholds_of_documents_to_itself) {
    const auto open = content("policy_describe");
    EXPECT_TRUE(open.at("guardrails").contains("tx_to_allowlist")) << open.dump();
    EXPECT_EQ(open.at("documents"), Json::array());
    use_policy(api::treasury(1));
    const auto described = content("policy_describe");
    const auto& document = described.at("documents").at(0);
    EXPECT_EQ(document.at("id"), "treasury");
    EXPECT_EQ(document.at("chains"), Json::array({8453}));
    EXPECT_EQ(document.at("rules").at(0).at("id"), "pay");
    EXPECT_FALSE(document.contains("document"));
    EXPECT_EQ(described.dump().find("5000000000000000000"), std::string::npos);
}

TEST_F(mcp_door, says_what_is_spent_of_a_budget) {
    use_policy(api::treasury(1));
    static_cast<void>(content("intent_submit", payment("a", "0.5")));
    const auto status = content("budget_status");
    ASSERT_EQ(status.at("budgets").size(), 1U) << status.dump();
    const auto& budget = status.at("budgets").at(0);
    EXPECT_EQ(budget.at("id"), "eth-day");
    EXPECT_EQ(budget.at("spent"), "500000000000000000");
    EXPECT_FALSE(budget.contains("limit")) << "the document does not show limits";
}

TEST_F(mcp_door, shows_limits_where_the_operator_does) {
    std::string document = api::treasury(1);
    document.insert(document.find("budgets:"), "show_limits: true\n");
    use_policy(document);
    static_cast<void>(content("intent_submit", payment("a", "0.5")));
    const auto budget = content("budget_status").at("budgets").at(0);
    EXPECT_EQ(budget.at("limit"), "5000000000000000000");
    EXPECT_EQ(budget.at("remaining"), "4500000000000000000");
    EXPECT_TRUE(content("policy_describe").at("documents").at(0).contains("document"));
}

TEST_F(mcp_door, lets_a_client_that_cannot_ask_wait_for_people) {
    use_policy(api::treasury(1));
    const auto held = content("intent_submit", payment("big", "2"));
    EXPECT_EQ(held.at("state"), "awaiting_approval");
    const auto approval = held.at("approval_id").get<std::string>();
    EXPECT_NE(held.at("message").get<std::string>().find(approval), std::string::npos);
    EXPECT_EQ(content("intent_submit", payment("big", "2")).at("intent_id"), held.at("intent_id"));
}

class mcp_door_with_people : public mcp_door {
protected:
    mcp_door_with_people() {
        use_policy(api::treasury(1));
        process->approval_watch.start();
    }
    Json ask() { return call("intent_submit", payment("big", "2"), kAsks); }
    Json answer(const Json& asked, const std::string& action) {
        return call(
            "intent_submit", payment("big", "2"), kAsks,
            {{"requestState", asked.at("requestState")},
             {"inputResponses", {{"approval", {{"action", action}}}}}});
    }
    [[nodiscard]] store::IntentRecord only_intent() const {
        return process->store->intents(agent_id, 2)->front();
    }
};

TEST_F(mcp_door_with_people, asks_the_clients_user_to_have_an_operator_approve) {
    const auto asked = ask();
    EXPECT_EQ(asked.at("resultType"), "input_required") << asked.dump();
    const auto& question = asked.at("inputRequests").at("approval");
    EXPECT_EQ(question.at("method"), "elicitation/create");
    const auto message = question.at("params").at("message").get<std::string>();
    EXPECT_NE(
        message.find("chela approvals approve " + only_intent().approval_id), std::string::npos);
    EXPECT_EQ(only_intent().state, IntentState::awaiting_approval);
}

TEST_F(mcp_door_with_people, takes_no_yes_of_the_client_for_an_approval) {
    auto asked = ask();
    for (int round = 0; round < 2; ++round) {
        asked = answer(asked, "accept");
        EXPECT_EQ(asked.at("resultType"), "input_required") << asked.dump();
    }
    EXPECT_EQ(only_intent().state, IntentState::awaiting_approval);
    EXPECT_TRUE(process->store->approval(only_intent().approval_id)->votes.empty());
    EXPECT_EQ(node->sent.size(), 0U);
}

TEST_F(mcp_door_with_people, pays_once_an_operator_has_approved) {
    const auto asked = ask();
    const auto vote = process->store->vote(
        only_intent().approval_id, "admin:somebody", Vote::approve, "invoice 17", clock.time);
    ASSERT_TRUE(vote) << vote.error().detail;
    const auto done = answer(asked, "accept");
    EXPECT_EQ(done.at("resultType"), "complete");
    EXPECT_EQ(done.at("structuredContent").at("state"), "broadcast") << done.dump();
    EXPECT_EQ(intents(), 1U);
}

TEST_F(mcp_door_with_people, leaves_it_waiting_when_the_user_will_not) {
    const auto declined = answer(ask(), "decline");
    EXPECT_EQ(declined.at("resultType"), "complete");
    EXPECT_EQ(declined.at("structuredContent").at("state"), "awaiting_approval");
}

TEST_F(mcp_door_with_people, tells_that_an_operator_has_refused) {
    const auto asked = ask();
    ASSERT_TRUE(process->store->vote(
        only_intent().approval_id, "admin:somebody", Vote::reject, "not ours", clock.time));
    const auto refused = answer(asked, "accept");
    EXPECT_TRUE(refused.value("isError", false)) << refused.dump();
    EXPECT_EQ(refused.at("structuredContent").at("state"), "denied");
}

}  // namespace
}  // namespace chela::sidecar::mcp
