// GET /v1/health and /v1/health/hsm, public: states only, no names or addresses but the nodes'
// origins, which /v1/chains shows as well. GET /startupz, /livez and /readyz, for whoever may probe
// from outside: not even those.
#include "sidecar/api/checkup.hpp"
#include "sidecar/api/context.hpp"
#include "sidecar/http/problem.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

std::string_view provider(signer::BackEnd kind) {
    switch (kind) {
        case signer::BackEnd::pkcs11_token:
            return "pkcs11";
        case signer::BackEnd::software_keystore:
            return "software_keystore";
        case signer::BackEnd::authority:
            return "authority";
        case signer::BackEnd::unnamed:
            return "unnamed";
    }
    bug("a signer::BackEnd that does not exist");
}

Json view_of(const node::EndpointHealth& endpoint, std::size_t place) {
    Json out = {
        {"endpoint", place}, {"origin", endpoint.origin}, {"state", to_string(endpoint.state)},
        {"head", nullptr},   {"latency_ms", nullptr},     {"last_error", nullptr}};
    if (endpoint.head) out["head"] = endpoint.head->value;
    if (endpoint.latency)
        out["latency_ms"] = std::chrono::ceil<std::chrono::milliseconds>(*endpoint.latency).count();
    // The reason alone: the text repeats what the node said.
    if (endpoint.last_error) out["last_error"] = reason_of(*endpoint.last_error);
    return out;
}

struct NodesView {
    Json chains = Json::array();
    bool is_any_cut_off = false;  ///< a chain without an endpoint that may be used
};

NodesView look_at_nodes(const flow::ChainSet& chains) {
    NodesView out;
    for (const auto& chain : chains.registry.chains()) {
        const auto client = chains.clients.find(chain.chain_id.value);
        const auto all = client == chains.clients.end() ? std::vector<node::EndpointHealth>{}
                                                        : client->second->health();
        Json endpoints = Json::array();
        for (std::size_t i = 0; i < all.size(); ++i)
            endpoints.push_back(view_of(all[i], i));
        const bool is_reachable = std::ranges::any_of(all, node::may_answer);
        out.is_any_cut_off = out.is_any_cut_off || (chain.is_enabled && !is_reachable);
        out.chains.push_back(
            {{"chain_id", chain.chain_id.value}, {"endpoints", std::move(endpoints)}});
    }
    return out;
}

asio::awaitable<Response> health(
    Context& context, std::shared_ptr<Checkup> checkup, Request /*request*/) {
    const bool keys = all_connected(co_await checkup->back_ends());
    const bool is_writable = co_await checkup->is_store_writable();
    const auto frozen = co_await checkup->frozen_lanes();
    auto nodes = look_at_nodes(*context.services.chains);
    const bool is_well = keys && is_writable && frozen == std::size_t{0} && !nodes.is_any_cut_off;
    co_return http::json_response(
        200, Json{
                 {"status", is_well ? "healthy" : "degraded"},
                 {"service", "chela"},
                 {"ready", context.intents.is_recovered()},
                 {"version", context.version},
                 {"store", is_writable ? "writable" : "unavailable"},
                 {"frozen_lanes", frozen ? Json(*frozen) : Json(nullptr)},
                 {"nodes", std::move(nodes.chains)}});
}

asio::awaitable<Response> hsm(std::shared_ptr<Checkup> checkup, Request /*request*/) {
    const auto back_ends = co_await checkup->back_ends();
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

Json view_of(const Component& part) {
    return {
        {"name", part.name}, {"ok", part.is_well}, {"counts", part.counts}, {"state", part.state}};
}

/// 200 or 503, and a line each, so that `kubectl describe` and people can read it.
Response probe_response(std::string_view good, const std::vector<Component>& parts) {
    const bool is_good = is_ready(parts);
    Response response;
    response.status = is_good ? 200 : 503;
    if (!is_good) response.headers.emplace_back("Retry-After", "1");
    const std::string status = is_good ? std::string{good} : "not " + std::string{good};
    response.body = "{\"status\":" + Json(status).dump() + ",\"components\":[";
    for (const auto& part : parts)
        response.body += (&part == &parts.front() ? "\n" : ",\n") + view_of(part).dump();
    response.body += "\n]}\n";
    return response;
}

asio::awaitable<Response> startup(std::shared_ptr<Checkup> checkup, Request /*request*/) {
    co_return probe_response("started", checkup->startup());
}

/// That this is answered is all there is to know: a restart cures nothing else.
asio::awaitable<Response> live(Request /*request*/) {
    co_return probe_response("live", {});
}

asio::awaitable<Response> ready(std::shared_ptr<Checkup> checkup, Request /*request*/) {
    co_return probe_response("ready", co_await checkup->look());
}

/// Of one part: 503 when it is not well, whether chela as a whole is ready or not.
asio::awaitable<Response> ready_part(std::shared_ptr<Checkup> checkup, Request request) {
    auto parts = co_await checkup->look();
    const auto found =
        std::ranges::find(parts, request.parameters.at("component"), &Component::name);
    if (found == parts.end())
        co_return http::problem(404, "E_NO_COMPONENT", "/readyz names the components there are.");
    found->counts = true;
    co_return probe_response("ready", {*found});
}

}  // namespace

void add_probe_routes(http::Router& router, const std::shared_ptr<Checkup>& checkup) {
    router.add("GET", "/livez", live);
    router.add("GET", "/startupz", [checkup](Request r) { return startup(checkup, std::move(r)); });
    router.add("GET", "/readyz", [checkup](Request r) { return ready(checkup, std::move(r)); });
    router.add("GET", "/readyz/{component}", [checkup](Request r) {
        return ready_part(checkup, std::move(r));
    });
}

void add_health_routes(http::Router& router, Context& context) {
    const auto& checkup = context.checkup;
    add_probe_routes(router, checkup);
    router.add("GET", "/v1/health", [&context, checkup](Request r) {
        return health(context, checkup, std::move(r));
    });
    router.add(
        "GET", "/v1/health/hsm", [checkup](Request r) { return hsm(checkup, std::move(r)); });
}

}  // namespace chela::sidecar::api
