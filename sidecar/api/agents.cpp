// /v1/agents: create, list, get, patch, delete, rotate-key for the admin; me for the agent.
#include "sidecar/api/agent_request.hpp"
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

policy::ChainResolver resolver(const Context& context) {
    return [chains = context.services.chains](std::string_view name) -> Result<ChainId> {
        const auto chain = chains->registry.find(name);
        if (!chain) return std::unexpected{chain.error()};
        return chain->chain_id;
    };
}

std::optional<Address> address_of(store::Store& store, const store::AgentRecord& agent) {
    if (!agent.signing_key_id) return std::nullopt;
    const auto key = store.key(*agent.signing_key_id);
    return key ? std::optional{key->address} : std::nullopt;
}

/// Blocking.
Result<Json> view_of(store::Store& store, const store::AgentRecord& agent, TimePoint now) {
    const auto spent = store.charges(spend_meters(agent.id), now - std::chrono::hours{24});
    if (!spent) return std::unexpected{spent.error()};
    return agent_view(agent, *spent, address_of(store, agent), now);
}

std::string actor_of(const auth::Principal& admin) {
    return "admin:" + admin.id;
}

Response answer(const Result<Json>& body, unsigned status = 200) {
    return body ? http::json_response(status, *body) : http::problem(body.error());
}

/// A stolen admin key must not put another agent on a key that holds money.
Result<Json> agent_body(const Request& request) {
    auto body = body_object(request);
    if (!body || !body->contains("signing_key")) return body;
    return fail(
        ErrorCode::denied,
        "which of the keys that are there an agent signs with is said at the command line: chela "
        "agent create NAME --key KEY",
        "E_COMMAND_LINE_ONLY");
}

asio::awaitable<Response> create(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto body = agent_body(request);
    if (!body) co_return http::problem(body.error());
    store::AgentRecord draft;
    if (auto ok = apply_agent_request(draft, *body, AgentRequestKind::create, resolver(context));
        !ok) {
        co_return http::problem(ok.error());
    }
    // On the signing pool: the token makes the agent's key, which may take a while.
    const auto created = co_await context.services.on_signer<Json>(
        request.deadline, [&context, draft, actor = actor_of(*admin)]() -> Result<Json> {
            auto made = context.agents.create(draft, actor);
            if (!made) return std::unexpected{made.error()};
            auto view = view_of(context.services.store, made->agent, context.services.clock.now());
            if (!view) return view;
            return Json{{"agent", std::move(*view)}, {"api_key", made->api_key.reveal()}};
        });
    co_return answer(created, 201);
}

asio::awaitable<Response> list(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    co_return answer(
        co_await context.services.on_store<Json>(request.deadline, [&context]() -> Result<Json> {
            const auto agents = context.services.store.agents();
            if (!agents) return std::unexpected{agents.error()};
            Json out = Json::array();
            for (const auto& agent : *agents) {
                auto view = view_of(context.services.store, agent, context.services.clock.now());
                if (!view) return view;
                out.push_back(std::move(*view));
            }
            return Json{{"agents", std::move(out)}};
        }));
}

asio::awaitable<Response> get(Context& context, Request request) {
    const auto caller = co_await require_reader(context, request);
    if (!caller) co_return http::problem(caller.error());
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline, [&context, id = request.parameters.at("agent_id")]() -> Result<Json> {
            const auto agent = context.services.store.agent(id);
            if (!agent) return std::unexpected{agent.error()};
            return view_of(context.services.store, *agent, context.services.clock.now());
        }));
}

asio::awaitable<Response> patch(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto body = agent_body(request);
    if (!body) co_return http::problem(body.error());
    co_return answer(co_await context.services.on_signer<Json>(
        request.deadline,
        [&context, id = request.parameters.at("agent_id"), actor = actor_of(*admin), change = *body,
         resolve = resolver(context)]() -> Result<Json> {
            const auto updated = context.agents.update(id, actor, [&](store::AgentRecord& agent) {
                return apply_agent_request(agent, change, AgentRequestKind::update, resolve);
            });
            if (!updated) return std::unexpected{updated.error()};
            return view_of(context.services.store, *updated, context.services.clock.now());
        }));
}

asio::awaitable<Response> remove(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto done = co_await context.services.on_store<bool>(
        request.deadline,
        [&context, id = request.parameters.at("agent_id"),
         actor = actor_of(*admin)]() -> Result<bool> {
            if (auto ok = context.agents.deactivate(id, actor); !ok)
                return std::unexpected{ok.error()};
            return true;
        });
    co_return done ? http::no_content() : http::problem(done.error());
}

asio::awaitable<Response> rotate_key(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline,
        [&context, id = request.parameters.at("agent_id"),
         actor = actor_of(*admin)]() -> Result<Json> {
            const auto key = context.agents.rotate_key(id, actor);
            if (!key) return std::unexpected{key.error()};
            return Json{{"api_key", key->reveal()}};
        }));
}

asio::awaitable<Response> me(Context& context, Request request) {
    const auto caller = co_await context.authenticator.authenticate(request);
    if (!caller) co_return http::problem(caller.error());
    if (caller->kind != auth::PrincipalKind::agent) {
        co_return http::problem(
            {ErrorCode::denied, "an admin key is not an agent; use GET /v1/agents",
             "E_AGENT_ONLY"});
    }
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline, [&context, id = caller->id]() -> Result<Json> {
            auto& store = context.services.store;
            const auto agent = store.agent(id);
            if (!agent) return std::unexpected{agent.error()};
            return agent_self_view(*agent, store.org_id(), address_of(store, *agent));
        }));
}

}  // namespace

void add_agent_routes(http::Router& router, Context& context) {
    router.add(
        "POST", "/v1/agents", [&context](Request r) { return create(context, std::move(r)); });
    router.add("GET", "/v1/agents", [&context](Request r) { return list(context, std::move(r)); });
    router.add("GET", "/v1/agents/me", [&context](Request r) { return me(context, std::move(r)); });
    router.add("GET", "/v1/agents/{agent_id}", [&context](Request r) {
        return get(context, std::move(r));
    });
    router.add("PATCH", "/v1/agents/{agent_id}", [&context](Request r) {
        return patch(context, std::move(r));
    });
    router.add("DELETE", "/v1/agents/{agent_id}", [&context](Request r) {
        return remove(context, std::move(r));
    });
    router.add("POST", "/v1/agents/{agent_id}/rotate-key", [&context](Request r) {
        return rotate_key(context, std::move(r));
    });
}

}  // namespace chela::sidecar::api
