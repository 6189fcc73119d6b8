// GET /v1/health and /v1/health/hsm, public: states only, no names or addresses.
#include "sidecar/api/context.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

struct BackEnd {
    signer::BackEnd kind{};
    bool is_connected{};
};

asio::awaitable<std::vector<BackEnd>> ask_back_ends(Context& context, Deadline deadline) {
    const auto answer = co_await run_blocking<std::vector<BackEnd>>(
        context.services.signing_pool, deadline,
        [&keyring = context.services.keyring]() -> Result<std::vector<BackEnd>> {
            std::vector<BackEnd> out;
            for (const auto& source : keyring.sources())
                out.push_back({source->origin().back_end, source->probe().has_value()});
            return out;
        });
    // No answer in time is an answer.
    co_return answer.value_or(std::vector<BackEnd>{});
}

bool all_connected(const std::vector<BackEnd>& back_ends) {
    return !back_ends.empty() && std::ranges::all_of(back_ends, &BackEnd::is_connected);
}

std::string_view provider(signer::BackEnd kind) {
    switch (kind) {
        case signer::BackEnd::pkcs11_token:
            return "pkcs11";
        case signer::BackEnd::software_keystore:
            return "software_keystore";
        case signer::BackEnd::unnamed:
            return "unnamed";
    }
    bug("a signer::BackEnd that does not exist");
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
    const bool keys = all_connected(co_await ask_back_ends(context, request.deadline));
    const bool store = co_await store_answers(context, request.deadline);
    co_return http::json_response(
        200, Json{
                 {"status", keys && store ? "healthy" : "degraded"},
                 {"service", "chela"},
                 {"version", context.version}});
}

asio::awaitable<Response> hsm(Context& context, Request request) {
    const auto back_ends = co_await ask_back_ends(context, request.deadline);
    const bool connected = all_connected(back_ends);
    Json each = Json::array();
    for (const auto& back_end : back_ends)
        each.push_back(
            {{"hsm_provider", provider(back_end.kind)}, {"connected", back_end.is_connected}});
    // The published members speak of the back end that new keys go into.
    const Json first = back_ends.empty() ? Json(nullptr) : each.front()["hsm_provider"];
    co_return http::json_response(
        200, Json{
                 {"status", connected ? "ok" : "unavailable"},
                 {"hsm_provider", first},
                 {"connected", connected},
                 {"back_ends", std::move(each)}});
}

}  // namespace

void add_health_routes(http::Router& router, Context& context) {
    router.add(
        "GET", "/v1/health", [&context](Request r) { return health(context, std::move(r)); });
    router.add(
        "GET", "/v1/health/hsm", [&context](Request r) { return hsm(context, std::move(r)); });
}

}  // namespace chela::sidecar::api
