#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/node/heads.hpp"
#include "sidecar/store/records.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <chrono>
#include <memory>
#include <optional>
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

/// The nodes of a chain, and how they are asked.
struct Nodes {
    ChainId chain;
    std::vector<config::EndpointConfig> endpoints;      ///< at least one
    std::optional<std::chrono::milliseconds> timeout;   ///< of one call
    std::optional<std::chrono::milliseconds> interval;  ///< between two looks at the head
};
/// Of each chain that has any: those of chela.yaml, and beside them the stored ones.
[[nodiscard]] std::vector<Nodes> nodes_of(const config::Config& config, const StoredChains& stored);

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

/// The first endpoint that pushes heads (ws_url); null: none does.
[[nodiscard]] const config::EndpointConfig* pushing_endpoint(
    const std::vector<config::EndpointConfig>& endpoints);

/// Who follows a chain's head: by the endpoint that pushes it, if any, and by asking. Not started
/// yet.
/// @param client  of the same chain
[[nodiscard]] std::shared_ptr<node::HeadFollower> make_head_follower(
    const Nodes& nodes,
    const boost::asio::any_io_executor& executor,
    std::shared_ptr<node::ChainClient> client);

}  // namespace chela::sidecar::app
