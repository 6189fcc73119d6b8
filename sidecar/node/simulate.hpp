#pragma once

#include "chains/simulation/block.hpp"
#include "chains/simulation/simulation.hpp"
#include "sidecar/node/capabilities.hpp"
#include "sidecar/node/client.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace chela::sidecar::node {

/// Why a method did not run at all, although it was thought to.
enum class Refusal : std::uint8_t { method_missing, block_refused };
/// What came of asking: one result a call, or that.
using Attempt = std::variant<std::vector<chains::simulation::SimulationResult>, Refusal>;

// One method of a node each, on a block that is pinned as the method supports it (not absent).
// @return as Client::call, and bad_response: an answer that is not one

[[nodiscard]] boost::asio::awaitable<Result<Attempt>> simulate_v1(
    std::shared_ptr<Client> client,
    std::vector<chains::node::CallRequest> calls,
    chains::simulation::PinnedBlock block,
    Support support,
    Deadline deadline);
[[nodiscard]] boost::asio::awaitable<Result<Attempt>> trace_call(
    std::shared_ptr<Client> client,
    chains::node::CallRequest call,
    chains::simulation::PinnedBlock block,
    Support support,
    Deadline deadline);
/// eth_call, and eth_estimateGas for the gas.
[[nodiscard]] boost::asio::awaitable<Result<Attempt>> plain_call(
    std::shared_ptr<Client> client,
    chains::node::CallRequest call,
    chains::simulation::PinnedBlock block,
    Support support,
    Deadline deadline);
/// Empty: the node could not say, which takes nothing from a simulation.
[[nodiscard]] boost::asio::awaitable<std::optional<chains::simulation::StateDiff>> state_diff(
    std::shared_ptr<Client> client,
    chains::node::CallRequest call,
    chains::simulation::PinnedBlock block,
    Support support,
    Deadline deadline);

}  // namespace chela::sidecar::node
