#include "sidecar/app/server_settings.hpp"

#include "sidecar/app/access_log.hpp"
#include "sidecar/authority/key.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace chela::sidecar::app {

flow::DriverOptions driver_options(const config::Config& config) {
    flow::DriverOptions options;
    for (const auto& chain : config.chains)
        options.poll_interval = std::min(options.poll_interval, chain.poll_interval);
    return options;
}

flow::SubmitOptions submit_options(const config::Config& config) {
    return {
        .require_simulation = config.intents.require_simulation,
        .signatures = config.server.rate_limits.signatures};
}

auth::CallLimits call_limits(const config::Config& config) {
    const auto& limits = config.server.rate_limits;
    return {.requests = limits.requests, .failures = limits.auth_failures};
}

http::ServerOptions server_options(
    const config::Config& config, const std::shared_ptr<telemetry::Metrics>& metrics) {
    http::ServerOptions options;
    options.limits.max_body_bytes = config.server.max_body_bytes;
    options.limits.request_timeout = config.server.request_timeout;
    options.limits.max_connections = config.server.max_connections;
    options.limits.max_connections_per_peer = config.server.max_connections_per_peer;
    options.allowed_hosts = config.server.allowed_hosts;
    options.on_access = make_access_log(metrics);
    options.on_handshake_failed = [metrics](const std::string& why) {
        metrics->tls_handshake_failed();
        log::event(log::Level::info, "tls_handshake_failed", {{"detail", why}});
    };
    return options;
}

http::ServerOptions health_options(const std::shared_ptr<telemetry::Metrics>& metrics) {
    http::ServerOptions options;
    options.limits.max_header_bytes = std::size_t{4} * 1024;
    options.limits.max_body_bytes = 0;
    options.limits.max_connections = 32;
    options.limits.idle_timeout = std::chrono::seconds{10};
    options.limits.request_timeout = std::chrono::seconds{5};
    options.on_access = make_access_log(metrics);
    // A kubelet names the pod's address.
    options.hosts = http::HostCheck::any;
    return options;
}

api::ReadinessRules readiness_rules(const config::Config& config) {
    return {
        .needs_chains = config.health.needs_chains,
        .needs_credentials = config.health.needs_credentials};
}

hooks::PrivateTargets private_targets(const config::Config& config) {
    return config.webhooks.allow_private ? hooks::PrivateTargets::allow
                                         : hooks::PrivateTargets::refuse;
}

unsigned signing_threads(const config::Config& config) {
    constexpr unsigned kMostBeside = 16;
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned inside = config.token ? std::min(config.token->sessions, cores) : 0;
    const bool has_elsewhere =
        std::ranges::any_of(config.identities, &config::IdentityConfig::is_elsewhere);
    const unsigned waiting = has_elsewhere ? unsigned{authority::kMostWaiting} : 0;
    return inside + std::min(cores, kMostBeside) + waiting;
}

}  // namespace chela::sidecar::app
