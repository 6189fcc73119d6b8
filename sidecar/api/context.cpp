#include "sidecar/api/context.hpp"

#include "sidecar/edge/entropy.hpp"

namespace chela::sidecar::api {

namespace asio = boost::asio;
using auth::Principal;
using auth::PrincipalKind;

namespace {

std::string agent_in_path(const http::Request& request) {
    const auto found = request.parameters.find("agent_id");
    return found == request.parameters.end() ? std::string{} : found->second;
}

std::unexpected<Error> other_agent() {
    return fail(
        ErrorCode::denied, "the agent in the path is not the one that is calling", "E_OTHER_AGENT");
}

std::unexpected<Error> only_approves() {
    return fail(
        ErrorCode::denied, "this key decides approvals and changes nothing else",
        "E_APPROVES_ONLY");
}

}  // namespace

asio::awaitable<Result<Principal>> require_agent(Context& context, http::Request request) {
    const std::string agent_id = agent_in_path(request);
    auto principal = co_await context.authenticator.authenticate(std::move(request));
    if (!principal) co_return principal;
    if (principal->kind != PrincipalKind::agent) {
        co_return fail(
            ErrorCode::denied, "only the agent itself may do this; an admin key cannot",
            "E_AGENT_ONLY");
    }
    if (principal->id != agent_id) co_return other_agent();
    co_return principal;
}

asio::awaitable<Result<Principal>> require_signing_agent(Context& context, http::Request request) {
    auto agent = co_await require_agent(context, std::move(request));
    if (!agent) co_return agent;
    if (auto ok = check_may_sign(agent->intents_api_enabled); !ok)
        co_return std::unexpected{ok.error()};
    co_return agent;
}

Status check_may_sign(bool intents_api_enabled) {
    if (intents_api_enabled) return {};
    return fail(
        ErrorCode::denied,
        "the Intents API is not enabled for this agent (the token says so); an operator enables "
        "it and the agent exchanges its key again",
        "E_INTENTS_DISABLED");
}

asio::awaitable<Result<Principal>> require_admin(Context& context, http::Request request) {
    auto principal = co_await context.authenticator.authenticate(std::move(request));
    if (!principal) co_return principal;
    if (principal->kind != PrincipalKind::admin) {
        co_return fail(ErrorCode::denied, "this needs an admin key (1ck_…)", "E_ADMIN_ONLY");
    }
    if (principal->only_approves) co_return only_approves();
    co_return principal;
}

asio::awaitable<Result<Principal>> require_agent_or_admin(Context& context, http::Request request) {
    auto principal = co_await require_reader(context, std::move(request));
    if (principal && principal->only_approves) co_return only_approves();
    co_return principal;
}

std::string actor_of(const Principal& principal) {
    return std::string{to_string(principal.kind)} + ':' + principal.id;
}

asio::awaitable<Result<Principal>> require_reader(Context& context, http::Request request) {
    const std::string agent_id = agent_in_path(request);
    auto principal = co_await context.authenticator.authenticate(std::move(request));
    if (!principal) co_return principal;
    if (principal->kind == PrincipalKind::agent && principal->id != agent_id)
        co_return other_agent();
    co_return principal;
}

std::shared_ptr<http::Router> make_router(Context& context) {
    auto router = std::make_shared<http::Router>();
    add_auth_routes(*router, context);
    add_agent_routes(*router, context);
    add_transaction_routes(*router, context);
    add_sign_routes(*router, context);
    add_approval_routes(*router, context);
    add_simulation_routes(*router, context);
    add_chain_routes(*router, context);
    add_admin_chain_routes(*router, context);
    add_health_routes(*router, context);
    add_metrics_routes(*router, context);
    if (context.hooks != nullptr) {
        add_event_routes(*router, context);
        add_webhook_routes(*router, context);
    }
    return router;
}

}  // namespace chela::sidecar::api
