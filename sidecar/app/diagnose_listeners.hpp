#pragma once

#include "sidecar/app/diagnose.hpp"
#include "sidecar/config/config.hpp"

#include <vector>

namespace chela::sidecar::app {

/// Reads the certificate files as `chela serve` would, and asks the issuer of service accounts'
/// tokens for its keys.
void add_listener_findings(std::vector<Finding>& out, const config::ServerConfig& server);

}  // namespace chela::sidecar::app
