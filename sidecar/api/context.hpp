#pragma once

#include "sidecar/api/checkup.hpp"
#include "sidecar/auth/authenticator.hpp"
#include "sidecar/flow/agents.hpp"
#include "sidecar/flow/approval_watch.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/flow/submit.hpp"
#include "sidecar/hooks/dispatcher.hpp"
#include "sidecar/http/router.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace chela::sidecar::api {

/// What webhooks and streams of events work with besides.
struct HookParts {
    hooks::EventWatch& watch;
    hooks::Dispatcher& dispatcher;
    hooks::Parts parts;
    std::chrono::milliseconds heartbeat{15'000};  ///< of a stream on which nothing happens
};

/// What the resources work with; owned by the app, outlives the server.
struct Context {
    flow::Services& services;
    flow::Agents& agents;
    flow::Intents& intents;
    flow::ApprovalWatch& approval_watch;
    auth::Authenticator& authenticator;
    auth::TokenIssuer& issuer;
    const auth::JwtKey& jwt_key;
    TimePoint started_at;
    std::string version;
    HookParts* hooks = nullptr;  ///< null: there are no webhooks and no events to read
    std::shared_ptr<Checkup> checkup =
        std::make_shared<Checkup>(services, intents, authenticator);  ///< never null
};

/// @return the caller when it is the agent in the path; denied E_OTHER_AGENT otherwise
[[nodiscard]] boost::asio::awaitable<Result<auth::Principal>> require_agent(
    Context& context, http::Request request);
/// As require_agent, for what ends in a signature. @return also denied E_INTENTS_DISABLED
[[nodiscard]] boost::asio::awaitable<Result<auth::Principal>> require_signing_agent(
    Context& context, http::Request request);
/// What ends in a signature is not for this agent: the Intents API is not enabled for it. Every
/// door says it alike. @return denied E_INTENTS_DISABLED
[[nodiscard]] Status check_may_sign(bool intents_api_enabled);
/// @return the caller when it is an admin; denied E_ADMIN_ONLY, E_APPROVES_ONLY otherwise
[[nodiscard]] boost::asio::awaitable<Result<auth::Principal>> require_admin(
    Context& context, http::Request request);
/// The agent in the path, or an admin who may change things. @return as require_agent and
/// require_admin
[[nodiscard]] boost::asio::awaitable<Result<auth::Principal>> require_agent_or_admin(
    Context& context, http::Request request);
/// "agent:ID" or "admin:ID", as the audit names whoever did something.
[[nodiscard]] std::string actor_of(const auth::Principal& principal);
/// An admin, or the agent in the path.
[[nodiscard]] boost::asio::awaitable<Result<auth::Principal>> require_reader(
    Context& context, http::Request request);

void add_auth_routes(http::Router& router, Context& context);
void add_agent_routes(http::Router& router, Context& context);
void add_transaction_routes(http::Router& router, Context& context);
void add_sign_routes(http::Router& router, Context& context);
void add_approval_routes(http::Router& router, Context& context);
void add_simulation_routes(http::Router& router, Context& context);
void add_chain_routes(http::Router& router, Context& context);
void add_admin_chain_routes(http::Router& router, Context& context);
void add_health_routes(http::Router& router, Context& context);
/// GET /startupz, /livez, /readyz and /readyz/{component} alone.
void add_probe_routes(http::Router& router, const std::shared_ptr<Checkup>& checkup);
void add_metrics_routes(http::Router& router, Context& context);
// Of these two, `hooks` is not null.
void add_event_routes(http::Router& router, Context& context);
void add_webhook_routes(http::Router& router, Context& context);

// What two doors do alike, once it is known who asks. The path names {approval_id}.

/// @param caller  an admin sees all of them, an agent its own
[[nodiscard]] boost::asio::awaitable<http::Response> list_approvals(
    Context& context, http::Request request, auth::Principal caller);
[[nodiscard]] boost::asio::awaitable<http::Response> show_approval(
    Context& context, http::Request request, auth::Principal caller);
/// @param approver  may decide; as the audit names who did
[[nodiscard]] boost::asio::awaitable<http::Response> decide_approval(
    Context& context, http::Request request, std::string approver);

/// With every route above. Other doors add theirs.
[[nodiscard]] std::shared_ptr<http::Router> make_router(Context& context);

}  // namespace chela::sidecar::api
