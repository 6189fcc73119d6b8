// GET /metrics, public like the health routes: states and counts, no names, addresses or amounts.
#include "sidecar/api/context.hpp"
#include "sidecar/http/problem.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

/// Of all identities the one that ends first. @return empty: there are no identities
std::optional<std::chrono::seconds> first_expiry(const Context& context) {
    std::optional<std::chrono::seconds> least;
    for (const auto& identity : context.authenticator.identities()) {
        const auto expires_at = identity.credential->view().expires_at;
        const auto left = expires_at ? std::chrono::floor<std::chrono::seconds>(
                                           *expires_at - context.services.clock.now())
                                     : std::chrono::seconds{0};
        least = std::min(least.value_or(left), left);
    }
    return least;
}

asio::awaitable<void> measure_readiness(Context& context) {
    using telemetry::Ready;
    auto& metrics = *context.services.metrics;
    const auto parts = co_await context.checkup->look();
    for (const auto& part : parts)
        metrics.set_ready(part.name, part.is_well ? Ready::yes : Ready::no);
    metrics.set_ready("all", is_ready(parts) ? Ready::yes : Ready::no);
    if (const auto left = first_expiry(context)) metrics.set_jwt_expiry(*left);
}

asio::awaitable<Response> metrics(Context& context, Request request) {
    const auto pending = co_await context.services.on_store<std::size_t>(
        request.deadline, [&store = context.services.store] { return store.pending_approvals(); });
    if (!pending) co_return http::problem(pending.error());
    context.services.metrics->set_approvals_pending(*pending);
    co_await measure_readiness(context);
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
