#pragma once

#include "sidecar/api/context.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/authenticator.hpp"
#include "sidecar/edge/entropy.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/sidecar/flow/world.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

/// A world with what the resources need besides, and the keys of those who call them.
class ApiWorld : public flow::World {
protected:
    struct Operator {
        std::string id;
        std::string key;
    };

    /// @return the agent's new API key
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
    Operator add_operator(const std::string& name, bool only_approves = false) {
        const auto made = auth::make_api_key(auth::kAdminKeyPrefix);
        const std::string id = random_uuid();
        const auto done = process->store->insert_admin_key(
            {id, made.prefix, made.hash, clock.time, name, only_approves},
            {clock.time, "operator", "admin_key.created", id, "{}"});
        if (!done) bug(done.error().detail);
        return {id, std::string{made.key.reveal()}};
    }
    /// Another agent. @return its API key
    std::string stranger() {
        flow::Agents desk{*process->store, process->keyring, clock};
        store::AgentRecord draft;
        draft.name = "stranger";
        const auto made = desk.create(draft, "operator");
        if (!made) bug(made.error().detail);
        return std::string{made->api_key.reveal()};
    }
    Context context_with(HookParts* hooks = nullptr) {
        return {process->services, agents, process->intents, process->approval_watch,
                authenticator,     issuer, jwt_key,          clock.time,
                "0.0.0-test",      hooks};
    }
    /// With the caller's key and a deadline.
    http::Response send(const http::Router& router, const std::string& key, http::Request request) {
        request.headers.emplace_back("authorization", "Bearer " + key);
        request.way_in = http::WayIn::local;
        request.deadline = soon();
        return test::await(process->context, router.dispatch(std::move(request)));
    }
    static Json json_of(const http::Response& response) { return Json::parse(response.body); }

    auth::JwtKey jwt_key = [this] {
        const auto path = folder.path() / "jwt.pem";
        if (!auth::JwtKey::create(path)) bug("the test's JWT key is not made");
        auto key = auth::JwtKey::load(path);
        if (!key) bug(key.error().detail);
        return std::move(*key);
    }();
    flow::Agents agents{*process->store, process->keyring, clock};
    auth::TokenIssuer issuer{*process->store, jwt_key, clock, std::chrono::seconds{900}};
    auth::Authenticator authenticator{issuer, process->store_pool};
};

}  // namespace chela::sidecar::api
