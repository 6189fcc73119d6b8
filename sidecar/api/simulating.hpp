#pragma once

#include "sidecar/api/context.hpp"
#include "sidecar/api/seats.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chela::sidecar::api {

/// Room for each agent's simulations: what a node answers may be large.
[[nodiscard]] std::shared_ptr<Seats> simulation_seats();

/// Runs the requests one after another as the agent's own, and keeps what came of it.
/// @param requests  at least one, all of one chain
/// @return SimulationResponses, in order; as Intents::signing_key and flow::simulate
[[nodiscard]] boost::asio::awaitable<Result<Json>> simulate_for(
    Context& context,
    std::string agent_id,
    std::vector<flow::IntentRequest> requests,
    Deadline deadline);

}  // namespace chela::sidecar::api
