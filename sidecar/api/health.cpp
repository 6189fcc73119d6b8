// GET /v1/health and /v1/health/hsm, public: states only, no names or addresses.
#include "sidecar/api/context.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

asio::awaitable<bool> token_answers(Context& context, Deadline deadline) {
    const auto status = co_await run_blocking<bool>(
        context.services.signing_pool, deadline,
        [&keyring = context.services.keyring]() -> Result<bool> {
            const auto answer = keyring.token().status();
            if (!answer) return std::unexpected{answer.error()};
            return true;
        });
    co_return status.has_value();
}

asio::awaitable<bool> store_answers(Context& context, Deadline deadline) {
    const auto answer = co_await context.services.on_store<bool>(
        deadline, [&store = context.services.store]() -> Result<bool> {
            const auto keys = store.keys();
            if (!keys) return std::unexpected{keys.error()};
            return true;
        });
    co_return answer.has_value();
}

asio::awaitable<Response> health(Context& context, Request request) {
    const bool token = co_await token_answers(context, request.deadline);
    const bool store = co_await store_answers(context, request.deadline);
    co_return http::json_response(
        200, Json{
                 {"status", token && store ? "healthy" : "degraded"},
                 {"service", "chela"},
                 {"version", context.version}});
}

asio::awaitable<Response> hsm(Context& context, Request request) {
    const bool token = co_await token_answers(context, request.deadline);
    co_return http::json_response(
        200, Json{
                 {"status", token ? "ok" : "unavailable"},
                 {"hsm_provider", "pkcs11"},
                 {"connected", token}});
}

}  // namespace

void add_health_routes(http::Router& router, Context& context) {
    router.add(
        "GET", "/v1/health", [&context](Request r) { return health(context, std::move(r)); });
    router.add(
        "GET", "/v1/health/hsm", [&context](Request r) { return hsm(context, std::move(r)); });
}

}  // namespace chela::sidecar::api
