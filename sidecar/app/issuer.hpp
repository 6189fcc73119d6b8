#pragma once

#include "sidecar/auth/service_accounts.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <memory>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// The verifier of one issuer's tokens, with its keys from a file, a URL or where the issuer's
/// discovery document says. What is asked over the network is https with a certificate that is
/// verified; redirects are not followed; the token file's content goes to the issuer's own host
/// (and that of jwks_url) alone.
/// @return invalid_input E_NODE_CA_FILE, E_JWKS or not_found: what can be told without asking the
/// network
/// Source: OpenID Connect Discovery 1.0, 4; Kubernetes, "Service Account Issuer Discovery".
[[nodiscard]] Result<std::shared_ptr<auth::ServiceAccounts>> make_service_accounts(
    const config::ServiceAccountsSection& section,
    const boost::asio::any_io_executor& executor,
    const std::shared_ptr<const Clock>& clock,
    const std::shared_ptr<telemetry::Metrics>& metrics);

/// How many keys that can verify the issuer publishes now.
/// @return as make_service_accounts; unavailable or timed_out E_ISSUER_UNAVAILABLE; E_JWKS
[[nodiscard]] boost::asio::awaitable<Result<std::size_t>> count_keys(
    config::ServiceAccountsSection section, Deadline deadline);

}  // namespace chela::sidecar::app
