#pragma once

#include "sidecar/app/diagnose.hpp"
#include "sidecar/config/config.hpp"

#include <vector>

namespace chela::sidecar::app {

/// Two lines a chain, for diagnose(): which chain its node serves, and what simulates there.
void add_node_findings(std::vector<Finding>& out, const config::Config& config);

}  // namespace chela::sidecar::app
