#pragma once

#include "sidecar/http/server.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <functional>
#include <memory>

namespace chela::sidecar::app {

/// Writes one line "http_request" for each answer and counts it. Probes and scrapes that go well
/// are told at level debug: they come every few seconds and say nothing.
[[nodiscard]] std::function<void(const http::AccessEntry&)> make_access_log(
    std::shared_ptr<telemetry::Metrics> metrics);

}  // namespace chela::sidecar::app
