#pragma once

#include "sidecar/flow/request.hpp"
#include "sidecar/flow/services.hpp"

#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::flow {

/// A simulation that was run and stored.
struct Simulated {
    std::string id;
    chains::simulation::SimulationResult result;
    std::string revert_reason;  ///< decoded; empty unless reverted
    /// Empty: what moves adds up to more than 256 bits, and is believed of no token.
    std::optional<std::vector<chains::simulation::BalanceChange>> changes;
    std::string body;  ///< the API's SimulationResponse as JSON text
};

/// Runs the requests one after another on the chain's state, as `from`, and stores each outcome.
/// @param intent_id  empty when it is not for an intent
/// @return unavailable, timed_out, bad_response, unsupported (bundle); a revert is a value
[[nodiscard]] boost::asio::awaitable<Result<std::vector<Simulated>>> simulate(
    Services& services,
    std::string agent_id,
    std::string intent_id,
    Address from,
    std::vector<IntentRequest> requests,
    Deadline deadline);

}  // namespace chela::sidecar::flow
