// GET /metrics, public like the health routes: states and counts, no names, addresses or amounts.
#include "sidecar/api/context.hpp"
#include "sidecar/http/problem.hpp"

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

asio::awaitable<Response> metrics(Context& context, Request request) {
    const auto pending = co_await context.services.on_store<std::size_t>(
        request.deadline, [&store = context.services.store] { return store.pending_approvals(); });
    if (!pending) co_return http::problem(pending.error());
    context.services.metrics->set_approvals_pending(*pending);
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = context.services.metrics->text();
    co_return response;
}

}  // namespace

void add_metrics_routes(http::Router& router, Context& context) {
    router.add("GET", "/metrics", [&context](Request r) { return metrics(context, std::move(r)); });
}

}  // namespace chela::sidecar::api
