#include "sidecar/api/simulating.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;

std::shared_ptr<Seats> simulation_seats() {
    constexpr std::size_t kMostAtOnce = 4;
    const auto full =
        fmt::format("{} simulations of this agent are under way; wait for one", kMostAtOnce);
    return std::make_shared<Seats>(Seats::Options{
        .most_of_one = kMostAtOnce,
        .full_of_one = {ErrorCode::rate_limited, full, "E_SIMULATIONS_BUSY"}});
}

asio::awaitable<Result<Json>> simulate_for(
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

}  // namespace chela::sidecar::api
