// Webhooks and events over the API, on a real store and the real flow.
#include "sidecar/api/event_stream.hpp"
#include "sidecar/node/tls.hpp"
#include "tests/sidecar/api/world.hpp"
#include "tests/sidecar/node/scripted_server.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {
namespace {

using namespace std::chrono_literals;
using flow::IntentState;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kUrl = "https://books.example.org/chela?key=hunter22";

class hooks_api : public ApiWorld {
protected:
    hooks_api() {
        admin_key = add_operator("first").key;
        agent_key = give_key(agent_id);
        process->store->report_commits_to([bell = bell](std::size_t) { bell->ring(); });
        watch.start();
    }

public:
    ~hooks_api() override {
        test::await(process->context, dispatcher.stop());
        test::await(process->context, watch.stop());
        process->store->report_commits_to({});
    }

protected:
    http::Response ask(
        const std::string& key,
        const std::string& method,
        const std::string& path,
        const Json& body = nullptr,
        std::vector<std::pair<std::string, std::string>> headers = {}) {
        http::Request request;
        request.method = method;
        request.path = path.substr(0, path.find('?'));
        if (const auto at = path.find("after="); at != std::string::npos)
            request.query["after"] = path.substr(at + 6);
        request.headers = std::move(headers);
        if (!body.is_null()) request.body = body.dump();
        return send(*router, key, std::move(request));
    }
    http::Response as_admin(
        const std::string& method, const std::string& path, const Json& body = nullptr) {
        return ask(admin_key, method, path, body);
    }
    static std::string code_of(const http::Response& response) {
        return response.body.empty() ? "" : json_of(response).value("code", "");
    }
    Json make(const Json& body) {
        const auto made = as_admin("POST", "/v1/webhooks", body);
        EXPECT_EQ(made.status, 201U) << made.body;
        return json_of(made);
    }
    Json make() { return make({{"url", kUrl}, {"events", {"transaction.*"}}}); }
    static std::string path_of(const Json& webhook) {
        return "/v1/webhooks/" + webhook.at("id").get<std::string>();
    }
    [[nodiscard]] std::string events_path(const std::string& id) const {
        return "/v1/agents/" + agent_id + "/transactions/" + id + "/events";
    }
    http::Response stream(const std::string& id, const std::string& last = "") {
        return ask(
            agent_key, "GET", events_path(id), nullptr,
            {{"accept", "text/event-stream"}, {"last-event-id", last}});
    }
    std::string next(const http::Response& response) {
        return test::await(process->context, response.stream->next());
    }

    std::shared_ptr<hooks::Bell> bell = std::make_shared<hooks::Bell>();
    hooks::EventWatch watch{
        process->context.get_executor(),
        *process->store,
        process->store_pool,
        bell,
        {.poll = 20ms, .gap = 1ms}};
    hooks::Parts parts{
        *process->store, clock, process->store_pool, process->services.metrics, random_number};
    hooks::Dispatcher dispatcher{
        process->context.get_executor(),
        parts,
        watch,
        {.tls = *node::make_tls({}), .timeout = 5s},
        {}};
    HookParts hook_parts{watch, dispatcher, parts, 15'000ms};
    Context context = context_with(&hook_parts);
    std::shared_ptr<const http::Router> router = make_router(context);
    std::string admin_key;
    std::string agent_key;
};

TEST_F(hooks_api, a_webhook_is_made_with_the_published_members_and_its_secret_once) {
    const Json made =
        make({{"url", kUrl}, {"events", {"transaction.confirmed"}}, {"description", "books"}});
    EXPECT_TRUE(is_uuid(made.at("id").get<std::string>()));
    EXPECT_EQ(made.at("url"), kUrl);
    EXPECT_EQ(made.at("events"), Json::array({"transaction.confirmed"}));
    const auto secret = made.at("secret").get<std::string>();
    EXPECT_THAT(secret, StartsWith("whsec_"));
    EXPECT_EQ(secret.size(), 6U + 43U) << "32 bytes";
    EXPECT_TRUE(made.at("created_at").is_string());
    for (const auto& path : {path_of(made), std::string{"/v1/webhooks"}}) {
        const auto shown = as_admin("GET", path);
        EXPECT_EQ(shown.status, 200U);
        EXPECT_EQ(shown.body.find(secret.substr(6)), std::string::npos);
        EXPECT_THAT(shown.body, HasSubstr("books"));
    }
    const Json view = json_of(as_admin("GET", path_of(made)));
    EXPECT_EQ(view.at("is_active"), true);
    EXPECT_EQ(view.at("agent_id"), nullptr);
    EXPECT_EQ(view.at("failures"), 0);
    EXPECT_EQ(view.at("paused_reason"), nullptr);
    EXPECT_EQ(json_of(as_admin("GET", "/v1/webhooks")).at("webhooks").size(), 1U);
}

TEST_F(hooks_api, nobody_but_an_admin_touches_webhooks) {
    const Json made = make();
    const auto approver = add_operator("approver", true).key;
    const std::vector<std::pair<std::string, std::string>> doors{
        {"POST", "/v1/webhooks"},
        {"GET", "/v1/webhooks"},
        {"GET", path_of(made)},
        {"PATCH", path_of(made)},
        {"DELETE", path_of(made)},
        {"POST", path_of(made) + "/test"},
        {"POST", path_of(made) + "/rotate-secret"},
        {"GET", path_of(made) + "/deliveries"}};
    for (const auto& [method, path] : doors) {
        const auto agent = ask(agent_key, method, path, Json::object());
        EXPECT_EQ(agent.status, 403U) << method << path;
        EXPECT_EQ(code_of(agent), "E_ADMIN_ONLY") << method << path;
        EXPECT_EQ(code_of(ask(approver, method, path, Json::object())), "E_APPROVES_ONLY");
        EXPECT_EQ(ask("1ck_wrong", method, path, Json::object()).status, 401U);
    }
}

TEST_F(hooks_api, requests_that_are_wrong_are_refused) {
    const std::vector<std::pair<Json, std::string>> wrong{
        {{{"events", {"*"}}}, "E_FIELD_REQUIRED"},
        {{{"url", kUrl}}, "E_FIELD_REQUIRED"},
        {{{"url", kUrl}, {"events", Json::array()}}, "E_WEBHOOK_EVENTS"},
        {{{"url", kUrl}, {"events", {"transaction.paid"}}}, "E_WEBHOOK_EVENTS"},
        {{{"url", kUrl}, {"events", "*"}}, "E_FIELD_TYPE"},
        {{{"url", "http://example.org/"}, {"events", {"*"}}}, "E_WEBHOOK_URL"},
        {{{"url", "https://169.254.169.254/"}, {"events", {"*"}}}, "E_WEBHOOK_URL"},
        {{{"url", "https://10.0.0.1/"}, {"events", {"*"}}}, "E_WEBHOOK_URL"},
        {{{"url", kUrl}, {"events", {"*"}}, {"agent_id", "me"}}, "E_FIELD_UUID"},
        {{{"url", kUrl}, {"events", {"*"}}, {"agent_id", random_uuid()}}, "E_FIELD_AGENT"},
        {{{"url", kUrl}, {"events", {"*"}}, {"secret", "mine"}}, "E_UNKNOWN_FIELD"},
        {{{"url", kUrl}, {"events", {"*"}}, {"description", std::string(501, 'x')}},
         "E_FIELD_DESCRIPTION"}};
    for (const auto& [body, code] : wrong) {
        const auto refused = as_admin("POST", "/v1/webhooks", body);
        EXPECT_EQ(refused.status, 400U) << body;
        EXPECT_EQ(code_of(refused), code) << body << refused.body;
        EXPECT_EQ(refused.body.find("hunter22"), std::string::npos) << refused.body;
    }
    EXPECT_TRUE(process->store->webhooks()->empty());
    EXPECT_EQ(code_of(as_admin("GET", "/v1/webhooks/nothing")), "E_NO_WEBHOOK");
    EXPECT_EQ(as_admin("DELETE", "/v1/webhooks/nothing").status, 404U);
}

TEST_F(hooks_api, private_addresses_are_taken_when_the_configuration_says_so) {
    dispatcher.use(hooks::PrivateTargets::allow);
    make({{"url", "https://10.0.0.1/"}, {"events", {"*"}}});
}

TEST_F(hooks_api, a_webhook_is_changed_and_deleted) {
    const Json made = make({{"url", kUrl}, {"events", {"*"}}, {"agent_id", agent_id}});
    EXPECT_EQ(made.at("agent_id"), agent_id);
    const Json changed = json_of(as_admin(
        "PATCH", path_of(made),
        {{"url", "https://other.example/"}, {"is_active", false}, {"events", {"signature.*"}}}));
    EXPECT_EQ(changed.at("url"), "https://other.example/");
    EXPECT_EQ(changed.at("is_active"), false);
    EXPECT_EQ(changed.at("events"), Json::array({"signature.*"}));
    EXPECT_FALSE(changed.contains("secret"));
    EXPECT_EQ(
        code_of(as_admin("PATCH", path_of(made), {{"agent_id", agent_id}})), "E_UNKNOWN_FIELD")
        << "whose events it gets does not change";
    EXPECT_EQ(as_admin("DELETE", path_of(made)).status, 204U);
    EXPECT_EQ(as_admin("GET", path_of(made)).status, 404U);
    EXPECT_TRUE(process->store->verify_audit_chain());
    const auto audit = *process->store->audit_records(0, 1'000);
    EXPECT_EQ(audit.back().action, "webhook.deleted");
    for (const auto& entry : audit)
        EXPECT_EQ(entry.detail.find("hunter22"), std::string::npos) << entry.detail;
}

TEST_F(hooks_api, a_rotation_gives_a_new_secret_and_keeps_the_old_one_for_a_day) {
    const Json made = make();
    const Json rotated = json_of(as_admin("POST", path_of(made) + "/rotate-secret"));
    EXPECT_THAT(rotated.at("secret").get<std::string>(), StartsWith("whsec_"));
    EXPECT_NE(rotated.at("secret"), made.at("secret"));
    EXPECT_TRUE(rotated.at("previous_secret_until").is_string());
    const auto stored = process->store->webhook(made.at("id").get<std::string>());
    EXPECT_EQ(stored->secret, rotated.at("secret").get<std::string>());
    EXPECT_EQ(stored->previous_secret, made.at("secret").get<std::string>());
    EXPECT_EQ(stored->previous_secret_until, clock.time + 24h);
}

TEST_F(hooks_api, a_test_is_sent_and_stands_in_the_deliveries) {
    test::ScriptedServer server{
        process->context,
        {{test::raw(test::http_answer("200 OK", "")), test::silence()},
         {test::raw(test::http_answer("500 Oops", ""))}}};
    const Json made = make({{"url", server.url()}, {"events", {"*"}}});
    const auto sent = as_admin("POST", path_of(made) + "/test");
    ASSERT_EQ(sent.status, 200U) << sent.body;
    EXPECT_EQ(json_of(sent).at("delivered"), true);
    EXPECT_EQ(json_of(sent).at("status"), 200);
    EXPECT_EQ(json_of(as_admin("POST", path_of(made) + "/test")).at("delivered"), false);
    const Json kept = json_of(as_admin("GET", path_of(made) + "/deliveries")).at("deliveries");
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].at("status"), 500);
    EXPECT_THAT(kept[0].at("error").get<std::string>(), HasSubstr("500"));
    EXPECT_EQ(kept[1].at("type"), "webhook.test");
    EXPECT_EQ(kept[1].at("error"), nullptr);
}

TEST_F(hooks_api, events_are_listed_for_the_agent_and_for_an_admin) {
    const auto id = submitted("a", IntentState::broadcast);
    for (const auto& key : {agent_key, admin_key}) {
        const auto listed = ask(key, "GET", events_path(id));
        ASSERT_EQ(listed.status, 200U) << listed.body;
        const Json events = json_of(listed).at("events");
        ASSERT_EQ(events.size(), 4U) << listed.body;
        EXPECT_EQ(events[0].at("type"), "transaction.received");
        EXPECT_EQ(events[0].at("id"), "evt_1");
        EXPECT_EQ(events[3].at("data").at("state"), "broadcast");
        EXPECT_EQ(json_of(listed).at("is_final"), false);
    }
    EXPECT_EQ(json_of(ask(agent_key, "GET", events_path(id) + "?after=3")).at("events").size(), 1U);
    for (const auto* after : {"-1", "x", "", "1.0", "9223372036854775808"})
        EXPECT_EQ(code_of(ask(agent_key, "GET", events_path(id) + "?after=" + after)), "E_SEQUENCE")
            << after;
}

TEST_F(hooks_api, events_of_another_agent_are_not_there) {
    const auto id = submitted("a", IntentState::broadcast);
    const auto other = stranger();
    EXPECT_EQ(code_of(ask(other, "GET", events_path(id))), "E_OTHER_AGENT");
    const auto others = *process->store->agents();
    const auto own = std::ranges::find(others, "stranger", &store::AgentRecord::name);
    const auto borrowed = "/v1/agents/" + own->id + "/transactions/" + id + "/events";
    EXPECT_EQ(code_of(ask(other, "GET", borrowed)), "E_NO_TRANSACTION");
    EXPECT_EQ(code_of(ask(agent_key, "GET", events_path(random_uuid()))), "E_NO_TRANSACTION");
    EXPECT_EQ(ask("ocv_wrong", "GET", events_path(id)).status, 401U);
}

TEST_F(hooks_api, a_stream_follows_to_the_end_and_no_further) {
    const auto id = submitted("a", IntentState::broadcast);
    const auto response = stream(id);
    ASSERT_TRUE(response.stream) << response.body;
    EXPECT_EQ(response.content_type, "text/event-stream");
    const auto first = next(response);
    EXPECT_THAT(first, StartsWith("id: 1\nevent: transaction.received\ndata: {\""));
    EXPECT_THAT(first, HasSubstr("\n\nid: 4\nevent: transaction.broadcast\ndata: {"));
    EXPECT_TRUE(first.ends_with("}\n\n"));
    node->mine();
    std::string rest;
    for (std::string piece; !(piece = next(response)).empty();)
        rest += piece;
    EXPECT_THAT(rest, HasSubstr("event: transaction.confirmed\n"));
    EXPECT_THAT(rest, testing::Not(HasSubstr("transaction.broadcast\ndata")));
    EXPECT_EQ(stream(id, "999").status, 204U) << "a client need not come again";
}

TEST_F(hooks_api, a_stream_goes_on_behind_what_the_client_has) {
    const auto id = submitted("a", IntentState::broadcast);
    const auto response = stream(id, "3");
    EXPECT_THAT(next(response), StartsWith("id: 4\n"));
    EXPECT_EQ(code_of(stream(id, "evt_")), "E_SEQUENCE");
    response.stream->stop();
    EXPECT_EQ(next(response), "");
}

TEST_F(hooks_api, a_stream_on_which_nothing_happens_has_a_heartbeat) {
    hook_parts.heartbeat = 30ms;
    const auto id = submitted("a", IntentState::broadcast);
    const auto response = stream(id, "4");
    EXPECT_EQ(next(response), ": heartbeat\n\n");
    EXPECT_EQ(next(response), ": heartbeat\n\n");
    response.stream->stop();
}

TEST_F(hooks_api, a_stream_ends_with_its_callers_credentials) {
    hook_parts.heartbeat = 30ms;
    const auto id = submitted("a", IntentState::broadcast);
    const auto token =
        json_of(ask(agent_key, "POST", "/v1/auth/agent-token", {{"api_key", agent_key}}))
            .at("access_token")
            .get<std::string>();
    agent_key = token;
    const auto response = stream(id, "4");
    EXPECT_EQ(next(response), ": heartbeat\n\n");
    clock.time += 901s;
    EXPECT_EQ(next(response), "") << "the token has expired";
}

TEST_F(hooks_api, a_caller_has_room_for_so_many_streams) {
    const auto id = submitted("a", IntentState::broadcast);
    std::vector<http::Response> open;
    for (std::size_t i = 0; i < kMostStreamsOfOne; ++i) {
        open.push_back(stream(id));
        ASSERT_TRUE(open.back().stream);
    }
    const auto full = stream(id);
    EXPECT_EQ(full.status, 429U);
    EXPECT_EQ(code_of(full), "E_STREAMS_FULL");
    EXPECT_TRUE(
        ask(admin_key, "GET", events_path(id), nullptr, {{"accept", "text/event-stream"}}).stream)
        << "another caller's room is its own";
    open.pop_back();
    EXPECT_TRUE(stream(id).stream);
}

TEST_F(hooks_api, all_callers_together_have_room_for_so_many_streams) {
    std::size_t taken = 0;
    const auto seats = stream_seats([&taken](std::size_t now) { taken = now; });
    std::vector<std::unique_ptr<Seats::Seat>> held;
    for (std::size_t i = 0; i < kMostStreams; ++i)
        held.push_back(std::move(*seats->take("caller " + std::to_string(i / 4))));
    EXPECT_EQ(taken, kMostStreams);
    EXPECT_EQ(seats->take("somebody else").error().reason, "E_STREAMS_FULL");
    held.clear();
    EXPECT_EQ(taken, 0U);
    EXPECT_TRUE(seats->take("somebody else"));
}

}  // namespace
}  // namespace chela::sidecar::api
