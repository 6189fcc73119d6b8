// POST /v1/agents/{agent_id}/sign: messages, typed data, user operations, authorizations and
// transactions that the caller sends.
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/idempotency.hpp"
#include "sidecar/api/sign_request.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/http/problem.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

asio::awaitable<Response> sign(Context& context, Request request) {
    const auto agent = co_await require_signing_agent(context, request);
    if (!agent) co_return http::problem(agent.error());
    const auto key = idempotency_key(request);
    if (!key) co_return http::problem(key.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    auto wanted = read_sign_request(*body, context.services.chains->registry);
    if (!wanted) co_return http::problem(wanted.error());
    const auto done = co_await context.intents.submit(
        agent->id, *key, std::move(wanted->request), request.deadline);
    if (done) leave_footprint(*request.footprint, done->intent);
    co_return with_idempotency(
        done ? sign_response(done->intent, wanted->intent_type, done->is_replay)
             : http::problem(done.error()),
        *key, done && done->is_replay);
}

}  // namespace

void add_sign_routes(http::Router& router, Context& context) {
    router.add("POST", "/v1/agents/{agent_id}/sign", [&context](Request request) {
        return sign(context, std::move(request));
    });
}

}  // namespace chela::sidecar::api
