#pragma once

#include "sidecar/app/diagnose.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/store/store.hpp"

#include <vector>

namespace chela::sidecar::app {

/// For diagnose(), of each chain: a line an endpoint, and what simulates there.
/// @param store  with the chains that were added at run time; null: there is none
void add_node_findings(
    std::vector<Finding>& out, const config::Config& config, store::Store* store);

}  // namespace chela::sidecar::app
