// GET /v1/chains and /v1/chains/{identifier}, public.
#include "sidecar/api/context.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

Json view_of(const Context& context, const chains::Chain& chain) {
    return chain_view(chain, context.rpc_origins.at(chain.chain_id.value), context.started_at);
}

asio::awaitable<Response> list(Context& context, Request) {
    Json out = Json::array();
    for (const auto& chain : context.services.chains->registry.chains())
        out.push_back(view_of(context, chain));
    co_return http::json_response(200, Json{{"chains", std::move(out)}});
}

asio::awaitable<Response> get(Context& context, Request request) {
    const auto chain = context.services.chains->registry.find(request.parameters.at("identifier"));
    if (!chain) co_return http::problem(chain.error());
    co_return http::json_response(200, view_of(context, *chain));
}

}  // namespace

void add_chain_routes(http::Router& router, Context& context) {
    router.add("GET", "/v1/chains", [&context](Request r) { return list(context, std::move(r)); });
    router.add("GET", "/v1/chains/{identifier}", [&context](Request r) {
        return get(context, std::move(r));
    });
}

}  // namespace chela::sidecar::api
