#pragma once

#include "chains/registry/registry.hpp"
#include "chains/simulation/simulation.hpp"
#include "sidecar/node/capabilities.hpp"
#include "sidecar/node/tenderly.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace chela::sidecar::node {

/// What a simulation shall tell.
enum class Detail : std::uint8_t {
    moves,
    moves_and_state  ///< also the state that changes, of a single call and where the node can
};

/// Simulates on one chain: with Tenderly where that is configured, else and when it fails with the
/// chain's node: eth_simulateV1, debug_traceCall (single calls), eth_call (single calls, degraded).
/// Threads: one at a time.
class Simulator {
public:
    /// @param tenderly  nullptr: the node alone
    Simulator(
        chains::Chain chain,
        std::shared_ptr<Client> client,
        std::shared_ptr<Tenderly> tenderly = nullptr);

    /// Runs the calls one after another on the node's latest block, which is pinned: by its hash
    /// where the node takes one, and the result says so.
    /// @return one result a call, in order: a revert is a value. unsupported
    /// E_SIMULATE_BUNDLE_UNSUPPORTED: several calls, and nobody who runs them one after another;
    /// E_SIMULATE_UNSUPPORTED: nobody at all; unavailable E_SIMULATION_NODE: the node takes back
    /// what it can do; as Client::call otherwise
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<chains::simulation::SimulationResult>>>
    simulate(std::vector<chains::node::CallRequest> calls, Detail detail, Deadline deadline);

    /// Asks the node what it can, whatever is known already.
    [[nodiscard]] boost::asio::awaitable<Result<Capabilities>> probe(Deadline deadline);
    /// What it could when it was asked last; empty: it was not asked yet.
    [[nodiscard]] const std::optional<Capabilities>& capabilities() const { return capabilities_; }
    /// Is there another than the chain's node?
    [[nodiscard]] const std::shared_ptr<Tenderly>& tenderly() const { return tenderly_; }

private:
    using Results = std::vector<chains::simulation::SimulationResult>;
    using Calls = std::vector<chains::node::CallRequest>;
    using Block = chains::simulation::PinnedBlock;

    boost::asio::awaitable<Result<Block>> head(Deadline deadline);
    boost::asio::awaitable<Result<Capabilities>> known_capabilities(Block block, Deadline deadline);
    boost::asio::awaitable<Result<Results>> on_node(
        Calls calls, Detail detail, Block block, Deadline deadline);

    chains::Chain chain_;
    std::shared_ptr<Client> client_;
    std::shared_ptr<Tenderly> tenderly_;
    std::optional<Capabilities> capabilities_;
    std::chrono::steady_clock::time_point good_until_ =
        std::chrono::steady_clock::time_point::min();
};

}  // namespace chela::sidecar::node
