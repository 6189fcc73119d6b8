#pragma once

#include "sidecar/auth/authenticator.hpp"
#include "sidecar/authority/holdings.hpp"
#include "sidecar/config/config.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

using AgentHoldings = std::map<std::string, authority::Holding>;

/// The authority that an identity names elsewhere.
/// @return invalid_input, naming the identity: E_CONFIG, as ApiClient::make
[[nodiscard]] Result<std::shared_ptr<const authority::ApiClient>> authority_of(
    const config::IdentityConfig& identity);

/// What one has there, for commands: each use exchanges the API key.
/// @return as authority_of
[[nodiscard]] Result<authority::Holding> exchanged_holding(const config::IdentityConfig& identity);
/// What identities have at authorities elsewhere, likewise.
/// @return as authority_of
[[nodiscard]] Result<AgentHoldings> exchanged_holdings(const config::Config& config);

/// The same for a server: with the tokens that its identities hold.
/// @param executor  of the identities' credentials
/// @return as authority_of
[[nodiscard]] Result<AgentHoldings> held_holdings(
    const config::Config& config,
    const std::vector<auth::Identity>& identities,
    const boost::asio::any_io_executor& executor);

}  // namespace chela::sidecar::app
