// The simulation resources on a real store and the real flow.
#include "sidecar/api/context.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/authenticator.hpp"
#include "sidecar/edge/entropy.hpp"
#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {
namespace {

using namespace std::chrono_literals;

class simulations : public flow::World {
protected:
    simulations() {
        agent_key = give_key(agent_id);
        const auto made = auth::make_api_key(auth::kAdminKeyPrefix);
        const std::string id = random_uuid();
        const auto done = process->store->insert_admin_key(
            {id, made.prefix, made.hash, clock.time, "first"},
            {clock.time, "operator", "admin_key.created", id, "{}"});
        if (!done) bug(done.error().detail);
        admin_key = made.key.reveal();
    }
    std::string give_key(const std::string& id) {
        const auto made = auth::make_api_key(auth::kAgentKeyPrefix);
        const auto done = process->store->update_agent(
            id, {clock.time, "operator", "test", id, "{}"},
            [&made](store::AgentRecord& agent) -> Status {
                agent.api_key_prefix = made.prefix;
                agent.api_key_hash = made.hash;
                return {};
            });
        if (!done) bug(done.error().detail);
        return std::string{made.key.reveal()};
    }
    http::Response ask(
        const std::string& key,
        const std::string& method,
        const std::string& rest,
        const Json& body = nullptr) {
        http::Request request;
        request.method = method;
        request.path = "/v1/agents/" + agent_id + rest;
        request.headers = {{"authorization", "Bearer " + key}};
        if (!body.is_null()) request.body = body.dump();
        request.deadline = soon();
        return test::await(process->context, router->dispatch(std::move(request)));
    }
    static Json payment() {
        return {{"to", to_hex(flow::kAlice)}, {"value", "0.1"}, {"chain", "base"}};
    }
    static Json json_of(const http::Response& response) { return Json::parse(response.body); }
    Json simulated() {
        const auto response = ask(agent_key, "POST", "/transactions/simulate", payment());
        EXPECT_EQ(response.status, 200U) << response.body;
        return json_of(response);
    }

    auth::JwtKey jwt_key = [this] {
        const auto path = folder.path() / "jwt.pem";
        if (!auth::JwtKey::create(path)) bug("the test's JWT key is not made");
        auto key = auth::JwtKey::load(path);
        if (!key) bug(key.error().detail);
        return std::move(*key);
    }();
    flow::Agents agents{*process->store, process->keyring, clock};
    auth::TokenIssuer issuer{*process->store, jwt_key, clock, 900s};
    auth::Authenticator authenticator{issuer, process->store_pool};
    Context context{process->services, agents, process->intents, process->approval_watch,
                    authenticator,     issuer, jwt_key,          clock.time,
                    "0.0.0-test"};
    std::shared_ptr<const http::Router> router = make_router(context);
    std::string agent_key;
    std::string admin_key;
};

TEST_F(simulations, come_back_later_to_their_agent_and_to_admins) {
    const auto made = simulated();
    EXPECT_EQ(made.at("status"), "success");
    EXPECT_EQ(made.at("provider"), "eth_simulateV1");
    EXPECT_EQ(made.at("pinned_by"), "hash");
    EXPECT_EQ(made.at("transaction_digest"), nullptr) << "fees and gas were left open";
    const auto path = "/simulations/" + made.at("simulation_id").get<std::string>();
    for (const auto& key : {agent_key, admin_key}) {
        const auto found = ask(key, "GET", path);
        ASSERT_EQ(found.status, 200U) << found.body;
        EXPECT_EQ(json_of(found), made);
    }
}

TEST_F(simulations, of_an_intent_come_back_as_well) {
    const auto id = submitted("a", flow::IntentState::broadcast);
    const auto found = ask(agent_key, "GET", "/simulations/" + intent(id).simulation_id);
    ASSERT_EQ(found.status, 200U) << found.body;
    EXPECT_TRUE(json_of(found).at("transaction_digest").is_string());
}

TEST_F(simulations, of_others_are_not_there) {
    const auto id = simulated().at("simulation_id").get<std::string>();
    flow::Agents desk{*process->store, process->keyring, clock};
    store::AgentRecord draft;
    draft.name = "stranger";
    const auto stranger = desk.create(draft, "operator");
    ASSERT_TRUE(stranger.has_value());
    const std::string key{stranger->api_key.reveal()};
    const auto by_path = ask(key, "GET", "/simulations/" + id);
    EXPECT_EQ(by_path.status, 404U) << by_path.body;
    EXPECT_EQ(json_of(by_path).value("code", ""), "E_NO_SIMULATION");
    agent_id = stranger->agent.id;
    EXPECT_EQ(ask(key, "GET", "/simulations/" + id).status, 404U);
    EXPECT_EQ(ask(admin_key, "GET", "/simulations/" + id).status, 404U)
        << "it belongs to another agent than the path says";
}

TEST_F(simulations, that_nobody_made_are_not_there_and_nobody_sees_them_without_a_key) {
    EXPECT_EQ(ask(agent_key, "GET", "/simulations/" + random_uuid()).status, 404U);
    const auto id = simulated().at("simulation_id").get<std::string>();
    EXPECT_EQ(ask("nobody", "GET", "/simulations/" + id).status, 401U);
}

TEST_F(simulations, of_a_bundle_are_one_each_and_kept) {
    const auto response =
        ask(agent_key, "POST", "/transactions/simulate-bundle",
            {{"transactions", Json::array({payment(), payment()})}});
    ASSERT_EQ(response.status, 200U) << response.body;
    const Json all = json_of(response).at("simulations");
    ASSERT_EQ(all.size(), 2U);
    for (const auto& one : all) {
        const auto path = "/simulations/" + one.at("simulation_id").get<std::string>();
        EXPECT_EQ(json_of(ask(agent_key, "GET", path)), one);
    }
}

TEST_F(simulations, of_a_bundle_need_a_node_that_can) {
    node->intercept = [](const std::string& method, const Json&) {
        return method == "eth_simulateV1" ? std::optional{test::FakeChain::Answer{test::rpc_error(
                                                -32601, "the method does not exist")}}
                                          : std::nullopt;
    };
    const auto response =
        ask(agent_key, "POST", "/transactions/simulate-bundle",
            {{"transactions", Json::array({payment(), payment()})}});
    EXPECT_EQ(json_of(response).value("code", ""), "E_SIMULATE_BUNDLE_UNSUPPORTED");
    EXPECT_GE(response.status, 400U);
}

}  // namespace
}  // namespace chela::sidecar::api
