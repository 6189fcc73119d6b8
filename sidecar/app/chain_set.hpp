#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/flow/services.hpp"

#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// The configured chains with a node client and a simulator each.
/// @return also as read_secret_file(): of an access key
[[nodiscard]] Result<std::shared_ptr<const flow::ChainSet>> make_chain_set(
    const config::Config& config, const boost::asio::any_io_executor& executor);

/// Where each chain's node is, without path and credentials.
[[nodiscard]] std::map<std::uint64_t, std::string> rpc_origins(const config::Config& config);

}  // namespace chela::sidecar::app
