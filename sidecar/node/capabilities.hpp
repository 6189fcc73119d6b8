#pragma once

#include "chains/simulation/block.hpp"
#include "sidecar/node/client.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace chela::sidecar::node {

/// How a method may be asked to simulate.
enum class Support : std::uint8_t {
    absent,
    by_number,  ///< it does not take a block's hash
    by_hash
};

/// What the node of a chain can simulate with.
struct Capabilities {
    Support simulate_v1{Support::absent};
    Support call_tracer{Support::absent};      ///< debug_traceCall, callTracer with logs
    Support prestate_tracer{Support::absent};  ///< debug_traceCall, prestateTracer in diffMode
    Support call{Support::absent};             ///< eth_call
    /// Every answer said clearly whether the method is there. If not, it is worth asking again
    /// soon.
    bool is_certain = true;
    bool operator==(const Capabilities&) const = default;
};

/// Asks for each method with a call that does nothing, on `block`.
/// @return as Client::call: the node does not answer
[[nodiscard]] boost::asio::awaitable<Result<Capabilities>> probe_capabilities(
    std::shared_ptr<Client> client, chains::simulation::PinnedBlock block, Deadline deadline);

/// "eth_simulateV1, callTracer, prestateTracer, eth_call; by block hash": for operators.
[[nodiscard]] std::string to_text(const Capabilities& capabilities);

}  // namespace chela::sidecar::node
