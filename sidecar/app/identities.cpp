#include "sidecar/app/identities.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/app/authorities.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/telemetry/log.hpp"
#include "signer/secret.hpp"

#include <fmt/format.h>

namespace chela::sidecar::app {

namespace {

std::string_view result_of(const auth::Credential::Event& event) {
    if (!event.error) return event.renewed ? "renewed" : "exchanged";
    return event.error->code == ErrorCode::unauthenticated ? "refused" : "failed";
}

void tell(telemetry::Metrics& metrics, const auth::Credential::Event& event) {
    metrics.jwt_exchanged(result_of(event));
    if (event.error) {
        log::event(
            log::Level::warn, "jwt_exchange_failed",
            {{"identity", event.identity},
             {"code", event.error->reason},
             {"detail", event.error->detail}});
        return;
    }
    log::event(
        log::Level::info, event.renewed ? "jwt_renewed" : "jwt_exchanged",
        {{"identity", event.identity}, {"expires_at", to_rfc3339(event.expires_at)}});
}

std::unexpected<Error> about(const config::IdentityConfig& identity, Error error) {
    error.detail = fmt::format("identity {}: {}", identity.name, error.detail);
    return std::unexpected{std::move(error)};
}

}  // namespace

Result<std::vector<auth::Identity>> make_identities(
    const config::Config& config,
    const boost::asio::any_io_executor& executor,
    const std::shared_ptr<auth::Authority>& embedded,
    const std::shared_ptr<const Clock>& clock,
    const std::shared_ptr<telemetry::Metrics>& metrics) {
    std::vector<auth::Identity> identities;
    for (const auto& wanted : config.identities) {
        const auto api_key = signer::read_secret_file(wanted.api_key_file);
        if (!api_key) return about(wanted, api_key.error());
        log::redact(api_key->reveal());
        auth::Identity identity;
        identity.name = wanted.name;
        identity.uids = wanted.uids;
        identity.gids = wanted.gids;
        identity.executable = wanted.executable;
        identity.spiffe_ids = wanted.spiffe_ids;
        identity.dns_names = wanted.dns_names;
        for (const auto& account : wanted.service_accounts)
            identity.service_accounts.push_back({account.name_space, account.name});
        if (wanted.client_token_file) {
            const auto token = signer::read_secret_file(*wanted.client_token_file);
            if (!token) return about(wanted, token.error());
            constexpr std::size_t kMinimumToken = 32;
            if (token->reveal().size() < kMinimumToken) {
                return fail(
                    ErrorCode::invalid_input,
                    fmt::format(
                        "identity {}: the client token has under {} characters; make one with "
                        "`openssl rand -hex 32`",
                        wanted.name, kMinimumToken),
                    "E_CLIENT_TOKEN_SHORT");
            }
            log::redact(token->reveal());
            identity.client_token_hash = auth::hash_api_key(token->reveal());
        }
        auto knows = embedded;
        if (wanted.is_elsewhere()) {
            auto client = authority_of(wanted);
            if (!client) return std::unexpected{client.error()};
            knows = std::make_shared<authority::RemoteAuthority>(*std::move(client), clock);
            identity.agent_elsewhere = wanted.agent_id;
        }
        identity.credential = std::make_shared<auth::Credential>(
            executor, knows, clock,
            auth::Credential::Options{wanted.name, wanted.agent_id, wanted.api_key_file},
            [metrics](const auth::Credential::Event& event) { tell(*metrics, event); });
        identities.push_back(std::move(identity));
    }
    return identities;
}

}  // namespace chela::sidecar::app
