// POST …/transactions/simulate and …/simulate-bundle: nothing is reserved or signed. GET
// …/simulations/{simulation_id}: what was simulated before.
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/seats.hpp"
#include "sidecar/api/transaction_request.hpp"
#include "sidecar/http/problem.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

constexpr std::size_t kMaxBundle = 10;
constexpr std::size_t kMostAtOnce = 4;  ///< of one agent: what a node answers may be large

/// Room for each agent's simulations.
std::shared_ptr<Seats> simulation_seats() {
    const auto full =
        fmt::format("{} simulations of this agent are under way; wait for one", kMostAtOnce);
    return std::make_shared<Seats>(Seats::Options{
        .most_of_one = kMostAtOnce,
        .full_of_one = {ErrorCode::rate_limited, full, "E_SIMULATIONS_BUSY"}});
}

asio::awaitable<Result<Json>> run(
    Context& context,
    std::string agent_id,
    std::vector<flow::IntentRequest> requests,
    Deadline deadline) {
    const auto& first = requests.front();
    const auto key = co_await context.intents.signing_key(
        agent_id, first.signing_key_path, first.chain.name, deadline);
    if (!key) co_return std::unexpected{key.error()};
    flow::SimulationOrder order{
        .agent_id = agent_id,
        .intent_id = {},
        .chain = first.chain,
        .transactions = {},
        .detail = node::Detail::moves_and_state};
    order.transactions.reserve(requests.size());
    for (const auto& request : requests)
        order.transactions.push_back(flow::to_simulate(request, key->address));
    const auto simulated = co_await flow::simulate(context.services, std::move(order), deadline);
    if (!simulated) co_return std::unexpected{simulated.error()};
    Json out = Json::array();
    std::vector<store::SimulationRecord> records;
    for (const auto& one : *simulated) {
        out.push_back(Json::parse(one.record.body));
        records.push_back(one.record);
    }
    auto kept = co_await flow::keep(context.services, std::move(records), deadline);
    if (!kept) co_return std::unexpected{kept.error()};
    co_return out;
}

Result<std::vector<flow::IntentRequest>> read_bundle(
    const Json& body, const chains::Registry& registry) {
    Fields fields{body};
    fields.accept("transactions");
    if (auto ok = fields.finish(); !ok) return std::unexpected{ok.error()};
    const auto found = body.find("transactions");
    if (found == body.end() || !found->is_array() || found->empty() || found->size() > kMaxBundle) {
        return fail(
            ErrorCode::invalid_input, "transactions: expected a list of 1 to 10 transactions",
            "E_BUNDLE");
    }
    std::vector<flow::IntentRequest> requests;
    for (const auto& item : *found) {
        auto request = read_transaction_request(item, TransactionRequestKind::simulate, registry);
        if (!request) return std::unexpected{request.error()};
        requests.push_back(std::move(*request));
    }
    const bool is_one_chain = std::ranges::all_of(requests, [&requests](const auto& request) {
        return request.chain.chain_id == requests.front().chain.chain_id;
    });
    if (!is_one_chain)
        return fail(
            ErrorCode::invalid_input, "transactions: a bundle runs on one chain", "E_BUNDLE");
    return requests;
}

asio::awaitable<Response> simulate_one(
    Context& context, std::shared_ptr<Seats> seats, Request request) {
    const auto agent = co_await require_agent(context, request);
    if (!agent) co_return http::problem(agent.error());
    const auto seat = seats->take(agent->id);
    if (!seat) co_return http::problem(seat.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    auto wanted = read_transaction_request(
        *body, TransactionRequestKind::simulate, context.services.chains->registry);
    if (!wanted) co_return http::problem(wanted.error());
    const auto results = co_await run(context, agent->id, {std::move(*wanted)}, request.deadline);
    co_return results ? http::json_response(200, results->front()) : http::problem(results.error());
}

asio::awaitable<Response> simulate_bundle(
    Context& context, std::shared_ptr<Seats> seats, Request request) {
    const auto agent = co_await require_agent(context, request);
    if (!agent) co_return http::problem(agent.error());
    const auto seat = seats->take(agent->id);
    if (!seat) co_return http::problem(seat.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    auto bundle = read_bundle(*body, context.services.chains->registry);
    if (!bundle) co_return http::problem(bundle.error());
    const auto results = co_await run(context, agent->id, std::move(*bundle), request.deadline);
    co_return results ? http::json_response(200, Json{{"simulations", *results}})
                      : http::problem(results.error());
}

std::unexpected<Error> no_simulation() {
    return fail(ErrorCode::not_found, "there is no such simulation", "E_NO_SIMULATION");
}

/// Whoever may not see it is told that it is not there.
asio::awaitable<Response> get(Context& context, Request request) {
    const auto caller = co_await context.authenticator.authenticate(request);
    if (!caller) co_return http::problem(caller.error());
    const auto& agent_id = request.parameters.at("agent_id");
    if (caller->kind != auth::PrincipalKind::admin && caller->id != agent_id)
        co_return http::problem(no_simulation().error());
    const auto found = co_await context.services.on_store<store::SimulationRecord>(
        request.deadline,
        [&store = context.services.store, id = request.parameters.at("simulation_id")] {
            return store.simulation(id);
        });
    if (!found && found.error().code != ErrorCode::not_found)
        co_return http::problem(found.error());
    if (!found || found->agent_id != agent_id) co_return http::problem(no_simulation().error());
    co_return http::json_response(200, Json::parse(found->body));
}

}  // namespace

void add_simulation_routes(http::Router& router, Context& context) {
    const std::string base = "/v1/agents/{agent_id}/transactions";
    const auto seats = simulation_seats();
    router.add("POST", base + "/simulate", [&context, seats](Request r) {
        return simulate_one(context, seats, std::move(r));
    });
    router.add("POST", base + "/simulate-bundle", [&context, seats](Request r) {
        return simulate_bundle(context, seats, std::move(r));
    });
    router.add("GET", "/v1/agents/{agent_id}/simulations/{simulation_id}", [&context](Request r) {
        return get(context, std::move(r));
    });
}

}  // namespace chela::sidecar::api
