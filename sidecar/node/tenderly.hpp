#pragma once

#include "chains/node/requests.hpp"
#include "chains/simulation/simulation.hpp"
#include "sidecar/edge/blocking.hpp"
#include "signer/secret.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::node {

struct TenderlyOptions {
    std::string url = "https://api.tenderly.co";
    std::string account;
    std::string project;
    signer::Secret access_key;
    std::chrono::milliseconds timeout{15'000};                       ///< of one simulation, at most
    std::size_t max_response_bytes = std::size_t{32} * 1024 * 1024;  ///< traces are long
};

/// Tenderly's REST service. Every answer is untrusted input.
class Tenderly {
public:
    virtual ~Tenderly() = default;
    /// Runs the calls one after another on the state of `block`, as Tenderly sees it.
    /// @return one result a call; as read_tenderly(), and unavailable, timed_out: no answer
    [[nodiscard]] virtual boost::asio::awaitable<
        Result<std::vector<chains::simulation::SimulationResult>>>
    simulate(
        ChainId chain,
        std::vector<chains::node::CallRequest> calls,
        BlockNumber block,
        Deadline deadline) = 0;
    /// "account/project", for operators.
    [[nodiscard]] virtual std::string name() const = 0;
};

/// Secret: the access key leaves in a header alone. Threads: simulate() on the executor's alone.
/// @param executor  where the sockets live; its context must outlive what is made
/// @return invalid_input: not such a URL
[[nodiscard]] Result<std::shared_ptr<Tenderly>> make_tenderly(
    boost::asio::any_io_executor executor, TenderlyOptions options);

}  // namespace chela::sidecar::node
