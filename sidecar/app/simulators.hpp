#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/flow/services.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// Gives each chain of the set that has a client a simulator: Tenderly's, where chela.yaml says so.
/// @return as read_secret_file(): of an access key; invalid_input E_TENDERLY_KEY: it cannot stand
/// in a header
[[nodiscard]] Status add_simulators(
    flow::ChainSet& set,
    const config::Config& config,
    const boost::asio::any_io_executor& executor);

/// Asks the node of each chain what it can simulate with, behind the scenes, and logs it
/// ("simulation_capabilities"): operators see at once what a chain cannot show.
void probe_simulators(const flow::ChainSet& set, const boost::asio::any_io_executor& executor);

}  // namespace chela::sidecar::app
