#pragma once

#include "chains/base/json.hpp"
#include "chains/base/units.hpp"
#include "chains/registry/registry.hpp"
#include "sidecar/flow/simulate.hpp"

namespace chela::sidecar::flow {

/// The API's SimulationResponse: its published members, and beside them what else is known
/// (asset_changes, approvals, the block, the provider …).
/// @param simulated  but for its body
[[nodiscard]] Json simulation_body(
    const Simulated& simulated,
    const chains::node::CallRequest& call,
    const chains::Chain& chain,
    TimePoint now);

}  // namespace chela::sidecar::flow
