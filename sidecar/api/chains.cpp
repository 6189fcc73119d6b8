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

/// The whole of an answer is of one set: a reload may come between two of them.
Json view_of(const flow::ChainSet& set, const chains::Chain& chain) {
    const auto listing = set.listings.find(chain.chain_id.value);
    return chain_view(
        chain, listing == set.listings.end() ? flow::ChainListing{} : listing->second);
}

asio::awaitable<Response> list(Context& context, Request) {
    const auto set = context.services.chains;
    Json out = Json::array();
    for (const auto& chain : set->registry.chains())
        out.push_back(view_of(*set, chain));
    co_return http::json_response(200, Json{{"chains", std::move(out)}});
}

asio::awaitable<Response> get(Context& context, Request request) {
    const auto set = context.services.chains;
    const auto chain = set->registry.find(request.parameters.at("identifier"));
    if (!chain) co_return http::problem(chain.error());
    co_return http::json_response(200, view_of(*set, *chain));
}

}  // namespace

void add_chain_routes(http::Router& router, Context& context) {
    router.add("GET", "/v1/chains", [&context](Request r) { return list(context, std::move(r)); });
    router.add("GET", "/v1/chains/{identifier}", [&context](Request r) {
        return get(context, std::move(r));
    });
}

}  // namespace chela::sidecar::api
