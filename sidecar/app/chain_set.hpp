#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/node/heads.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// The configured chains with a client each, over all of a chain's endpoints.
/// @param metrics  not null: counts every request there, and changes of health are logged
/// @return invalid_input: a URL or CA file that cannot be used
[[nodiscard]] Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config,
    const boost::asio::any_io_executor& executor,
    const std::shared_ptr<telemetry::Metrics>& metrics = nullptr);

/// Who follows a chain's head: by the first ws_url of its endpoints, if any, and by asking. Not
/// started yet.
/// @param chain   as it is configured
/// @param client  of the same chain
[[nodiscard]] std::shared_ptr<node::HeadFollower> make_head_follower(
    const config::ChainConfig& chain,
    const boost::asio::any_io_executor& executor,
    std::shared_ptr<node::ChainClient> client);

/// Where each chain's first node is, without path and credentials.
[[nodiscard]] std::map<std::uint64_t, std::string> rpc_origins(const config::Config& config);

}  // namespace chela::sidecar::app
