#include "sidecar/app/authorities.hpp"

#include "sidecar/app/opened.hpp"
#include "sidecar/edge/clock.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::app {

Result<std::shared_ptr<const authority::ApiClient>> authority_of(
    const config::IdentityConfig& identity) {
    auto client = authority::ApiClient::make(identity.authority, identity.authority_ca_file);
    if (client) return client;
    auto error = client.error();
    error.detail = fmt::format("identity {}: authority: {}", identity.name, error.detail);
    error.reason = kConfigReason;
    return std::unexpected{std::move(error)};
}

Result<authority::Holding> exchanged_holding(const config::IdentityConfig& identity) {
    auto client = authority_of(identity);
    if (!client) return std::unexpected{client.error()};
    auto tokens = authority::exchanged_tokens(
        std::make_shared<authority::RemoteAuthority>(*client, std::make_shared<SystemClock>()),
        identity.agent_id, identity.api_key_file);
    return authority::Holding{*std::move(client), std::move(tokens)};
}

Result<AgentHoldings> exchanged_holdings(const config::Config& config) {
    AgentHoldings out;
    for (const auto& identity : config.identities) {
        if (!identity.is_elsewhere()) continue;
        auto holding = exchanged_holding(identity);
        if (!holding) return std::unexpected{holding.error()};
        out[identity.agent_id] = *std::move(holding);
    }
    return out;
}

Result<AgentHoldings> held_holdings(
    const config::Config& config,
    const std::vector<auth::Identity>& identities,
    const boost::asio::any_io_executor& executor) {
    AgentHoldings out;
    for (const auto& wanted : config.identities) {
        if (!wanted.is_elsewhere()) continue;
        auto client = authority_of(wanted);
        if (!client) return std::unexpected{client.error()};
        const auto made = std::ranges::find(identities, wanted.name, &auth::Identity::name);
        if (made == identities.end()) bug("an identity that was not made");
        out[wanted.agent_id] = {
            *std::move(client), authority::tokens_of(executor, made->credential)};
    }
    return out;
}

}  // namespace chela::sidecar::app
