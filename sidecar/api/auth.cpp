// POST /v1/auth/agent-token, GET /.well-known/jwks.json
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

/// One client generated from an old specification refuses members that it does not know.
bool is_strict_client(const Request& request) {
    return request.header("user-agent").value_or("").starts_with("OpenAPI-Generator/1.0.0/go");
}

asio::awaitable<Response> agent_token(Context& context, Request request) {
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    Fields fields{*body};
    const auto agent_id = fields.text("agent_id");
    const auto api_key = fields.text("api_key");
    if (!api_key)
        fields.fail_with(
            {ErrorCode::invalid_input, "api_key is required, as a string", "E_FIELD_REQUIRED"});
    if (const auto ok = fields.finish(); !ok) co_return http::problem(ok.error());
    auto& lockout = context.authenticator.lockout();
    if (const auto ok = lockout.admit(request, *api_key); !ok) co_return http::problem(ok.error());
    const auto token = co_await context.services.on_store<auth::AccessToken>(
        request.deadline, [&issuer = context.issuer, agent = agent_id.value_or(""),
                           key = api_key.value_or("")] { return issuer.exchange(agent, key); });
    if (!token) {
        const bool is_wrong = token.error().code == ErrorCode::unauthenticated;
        co_return http::problem(
            is_wrong ? lockout.count(request, *api_key, token.error()) : token.error());
    }
    lockout.remember(*api_key);
    const auth::Principal caller{.kind = auth::PrincipalKind::agent, .id = token->agent_id};
    if (const auto ok = context.authenticator.count(caller, request); !ok)
        co_return http::problem(ok.error());
    const auto life =
        std::chrono::duration_cast<std::chrono::seconds>(token->expires_at - token->issued_at);
    Json answer = {
        {"access_token", token->token}, {"token_type", "Bearer"}, {"expires_in", life.count()}};
    if (!is_strict_client(request)) {
        answer["agent_id"] = token->agent_id;
        answer["vault_ids"] = token->vault_ids;
    }
    co_return http::json_response(200, answer);
}

asio::awaitable<Response> jwks(Context& context, Request) {
    auto response = http::json_response(200, Json{{"keys", Json::array({context.jwt_key.jwk()})}});
    response.content_type = "application/jwk-set+json";
    co_return response;
}

}  // namespace

void add_auth_routes(http::Router& router, Context& context) {
    router.add("POST", "/v1/auth/agent-token", [&context](Request r) {
        return agent_token(context, std::move(r));
    });
    router.add("GET", "/.well-known/jwks.json", [&context](Request r) {
        return jwks(context, std::move(r));
    });
}

}  // namespace chela::sidecar::api
