#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/node/heads.hpp"
#include "sidecar/store/records.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

using StoredChains = std::vector<store::ChainRecord>;

/// A chain of chela.yaml as the rest of chela knows it.
[[nodiscard]] chains::Chain described(const config::ChainConfig& chain);

/// @param since  when the configuration was read
[[nodiscard]] flow::ChainListing listing_of(const config::ChainConfig& chain, TimePoint since);

/// Those of the stored chains whose name and id chela.yaml leaves free: what it says holds.
[[nodiscard]] StoredChains beside(const config::Config& config, const StoredChains& stored);

/// The chains of chela.yaml, and beside them the stored ones, with a client over all of a chain's
/// endpoints and a simulator for each that has a node.
/// @param metrics  not null: counts every request there, and changes of health are logged
/// @return invalid_input: two configured chains with one name or id, or a bad URL; as
/// add_simulators()
[[nodiscard]] Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config,
    const StoredChains& stored,
    TimePoint since,
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

}  // namespace chela::sidecar::app
