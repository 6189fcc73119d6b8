#pragma once

#include "sidecar/api/checkup.hpp"
#include "sidecar/auth/authenticator.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/flow/lane_driver.hpp"
#include "sidecar/flow/submit.hpp"
#include "sidecar/hooks/target.hpp"
#include "sidecar/http/server.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <memory>

namespace chela::sidecar::app {

// What chela.yaml means for each part of a serving process.

[[nodiscard]] flow::DriverOptions driver_options(const config::Config& config);
[[nodiscard]] flow::SubmitOptions submit_options(const config::Config& config);
[[nodiscard]] auth::CallLimits call_limits(const config::Config& config);
[[nodiscard]] api::ReadinessRules readiness_rules(const config::Config& config);
[[nodiscard]] hooks::PrivateTargets private_targets(const config::Config& config);

/// For agents and operators.
[[nodiscard]] http::ServerOptions server_options(
    const config::Config& config, const std::shared_ptr<telemetry::Metrics>& metrics);
/// For whoever can reach the address: it takes nothing and keeps little.
[[nodiscard]] http::ServerOptions health_options(
    const std::shared_ptr<telemetry::Metrics>& metrics);

/// As many as may be inside a token at once, and beside them those that read what the next
/// signature is of, check the last one or sign with software keys, so that no session waits for
/// chela; and as many as may wait for authorities elsewhere. No more: who waits inside the token's
/// queue waits at most as long as a signature may.
[[nodiscard]] unsigned signing_threads(const config::Config& config);

}  // namespace chela::sidecar::app
