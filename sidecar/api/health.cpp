// GET /v1/health and /v1/health/hsm, public: states only, no names or addresses but the nodes'
// origins, which /v1/chains shows as well.
#include "sidecar/api/context.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
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

struct BackEnd {
    signer::BackEnd kind{};
    bool is_connected{};
};

/// Asks a question that blocks, on a thread of its own, one at a time: anybody may ask, and a token
/// or a disk that hangs must not keep others waiting. Threads: the I/O thread alone.
template <class Answer>
class Watch {
public:
    explicit Watch(std::function<Answer()> question) : question_{std::move(question)} {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { thread_.join(); }

    /// What was answered within the last second, or is within the next two. No answer in time is
    /// an answer: Answer{}.
    asio::awaitable<Answer> ask() {
        const auto now = std::chrono::steady_clock::now();
        if (is_asking_ || now < asked_at_ + kFresh) co_return last_;
        is_asking_ = true;
        auto answer = co_await run_blocking<Answer>(
            thread_, now + kPatience,
            [question = question_]() -> Result<Answer> { return question(); });
        is_asking_ = false;
        asked_at_ = std::chrono::steady_clock::now();
        last_ = answer ? *std::move(answer) : Answer{};
        co_return last_;
    }

private:
    static constexpr std::chrono::seconds kFresh{1};
    static constexpr std::chrono::seconds kPatience{2};

    std::function<Answer()> question_;
    asio::thread_pool thread_{1};
    bool is_asking_ = false;
    std::chrono::steady_clock::time_point asked_at_ = std::chrono::steady_clock::time_point::min();
    Answer last_{};
};
using BackEndWatch = Watch<std::vector<BackEnd>>;
using StoreWatch = Watch<bool>;  ///< can it be written?
/// How many lanes are frozen; empty: that is not known.
using LaneWatch = Watch<std::optional<std::size_t>>;

std::optional<std::size_t> frozen_lanes(store::Store& store) {
    const auto lanes = store.lanes();
    if (!lanes) return std::nullopt;
    const auto frozen = std::ranges::count_if(
        *lanes, [](const store::LaneRecord& lane) { return lane.frozen_at.has_value(); });
    return static_cast<std::size_t>(frozen);
}

std::vector<BackEnd> look(flow::Keyring& keyring) {
    std::vector<BackEnd> out;
    for (const auto& source : keyring.sources())
        out.push_back({source->origin().back_end, source->probe().has_value()});
    return out;
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
        const bool is_reachable = std::ranges::any_of(
            all, [](const auto& endpoint) { return node::is_usable(endpoint.state); });
        out.is_any_cut_off = out.is_any_cut_off || (chain.is_enabled && !is_reachable);
        out.chains.push_back(
            {{"chain_id", chain.chain_id.value}, {"endpoints", std::move(endpoints)}});
    }
    return out;
}

asio::awaitable<Response> health(
    Context& context,
    std::shared_ptr<BackEndWatch> back_ends,
    std::shared_ptr<StoreWatch> store,
    std::shared_ptr<LaneWatch> lanes,
    Request /*request*/) {
    const bool keys = all_connected(co_await back_ends->ask());
    const bool is_writable = co_await store->ask();
    const auto frozen = co_await lanes->ask();
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

asio::awaitable<Response> hsm(std::shared_ptr<BackEndWatch> watch, Request /*request*/) {
    const auto back_ends = co_await watch->ask();
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
    const auto back_ends = std::make_shared<BackEndWatch>(
        [&keyring = context.services.keyring] { return look(keyring); });
    const auto store = std::make_shared<StoreWatch>(
        [&store = context.services.store] { return store.check_writable().has_value(); });
    const auto lanes = std::make_shared<LaneWatch>(
        [&store = context.services.store] { return frozen_lanes(store); });
    router.add("GET", "/v1/health", [&context, back_ends, store, lanes](Request r) {
        return health(context, back_ends, store, lanes, std::move(r));
    });
    router.add(
        "GET", "/v1/health/hsm", [back_ends](Request r) { return hsm(back_ends, std::move(r)); });
}

}  // namespace chela::sidecar::api
