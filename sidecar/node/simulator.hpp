#pragma once

#include "chains/simulation/simulation.hpp"
#include "sidecar/node/capabilities.hpp"
#include "sidecar/node/chain_client.hpp"
#include "sidecar/node/tenderly.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
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
/// Of several endpoints one answers everything about a simulation: the one that reads go to.
/// Threads: the io_context's one.
class Simulator {
public:
    /// @param client    of the chain, whose endpoints are asked
    /// @param tenderly  nullptr: the node alone
    explicit Simulator(const ChainClient& client, std::shared_ptr<Tenderly> tenderly = nullptr);

    /// Runs the calls one after another on the node's latest block, which is pinned: by its hash
    /// where the node takes one, and the result says so.
    /// @return one result a call, in order: a revert is a value. unsupported
    /// E_SIMULATE_BUNDLE_UNSUPPORTED: several calls, and nobody who runs them one after another;
    /// E_SIMULATE_UNSUPPORTED: nobody at all; unavailable E_SIMULATION_NODE: the node takes back
    /// what it can do; as Client::call otherwise
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<chains::simulation::SimulationResult>>>
    simulate(std::vector<chains::node::CallRequest> calls, Detail detail, Deadline deadline);

    /// Asks the endpoint that reads go to what it can, whatever is known already.
    [[nodiscard]] boost::asio::awaitable<Result<Capabilities>> probe(Deadline deadline);
    /// What the endpoint could when it was asked last; empty: it was not asked yet.
    [[nodiscard]] std::optional<Capabilities> capabilities(std::size_t endpoint = 0) const;
    /// Is there another than the chain's node?
    [[nodiscard]] const std::shared_ptr<Tenderly>& tenderly() const { return tenderly_; }

private:
    using Results = std::vector<chains::simulation::SimulationResult>;
    using Calls = std::vector<chains::node::CallRequest>;
    /// A block, and the endpoint that has it.
    struct Place {
        chains::simulation::PinnedBlock block;
        std::size_t endpoint{};
    };
    struct Known {
        Capabilities can;
        std::chrono::steady_clock::time_point good_until;
    };

    boost::asio::awaitable<Result<Place>> head(Deadline deadline);
    boost::asio::awaitable<Result<Capabilities>> known_capabilities(Place at, Deadline deadline);
    boost::asio::awaitable<Result<Results>> on_node(
        Calls calls, Detail detail, Place at, Deadline deadline);
    void distrust(std::size_t endpoint);

    chains::Chain chain_;
    std::shared_ptr<EndpointPool> pool_;
    std::shared_ptr<Tenderly> tenderly_;
    std::map<std::size_t, Known> known_;  ///< by endpoint
};

}  // namespace chela::sidecar::node
