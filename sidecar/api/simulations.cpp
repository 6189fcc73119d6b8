// POST …/transactions/simulate and …/simulate-bundle: nothing is reserved or signed. GET
// …/simulations/{simulation_id}: what was simulated before.
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/simulating.hpp"
#include "sidecar/api/transaction_request.hpp"
#include "sidecar/http/problem.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

constexpr std::size_t kMaxBundle = 10;
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
    const auto results =
        co_await simulate_for(context, agent->id, {std::move(*wanted)}, request.deadline);
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
    const auto results =
        co_await simulate_for(context, agent->id, std::move(*bundle), request.deadline);
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
