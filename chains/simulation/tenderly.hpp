#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/node/requests.hpp"
#include "chains/simulation/simulation.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace chela::chains::simulation {

// Tenderly's REST service: `simulate` and `simulate-bundle`. It is asked to keep what it ran, so
// that people can look at it there. Source: Tenderly, "Simulation API"; research, 5c.

/// The body of `simulate`, on the state after `block`.
[[nodiscard]] Json tenderly_body(ChainId chain, const node::CallRequest& call, BlockNumber block);
/// The body of `simulate-bundle`: each runs on what those before it left.
[[nodiscard]] Json tenderly_bundle_body(
    ChainId chain, std::span<const node::CallRequest> calls, BlockNumber block);

/// The answer to `simulate`, as text: its amounts may be numbers of any size.
/// @param status  HTTP
/// @return denied E_TENDERLY_ACCESS: the key, account or project is refused; unavailable
/// E_TENDERLY_REFUSED: any other failure that it tells of; bad_response E_TENDERLY_ANSWER: not such
/// an answer, or one that contradicts itself or `block`
[[nodiscard]] Result<SimulationResult> read_tenderly(
    std::string_view body, unsigned status, BlockNumber block);
/// The answer to `simulate-bundle`. After one that fails Tenderly runs no other: those that are
/// missing are results of their own, Outcome::error.
/// @param calls  how many were asked for
/// @return as read_tenderly(); bad_response: more than that, none, or fewer without a failure
[[nodiscard]] Result<std::vector<SimulationResult>> read_tenderly_bundle(
    std::string_view body, unsigned status, BlockNumber block, std::size_t calls);

}  // namespace chela::chains::simulation
