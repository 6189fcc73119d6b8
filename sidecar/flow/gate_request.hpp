#pragma once

#include "chains/registry/registry.hpp"
#include "policy/gate/gate.hpp"
#include "sidecar/store/records.hpp"

namespace chela::sidecar::flow {

/// What the gate is asked about an intent, under a decision of its own. Without a simulation, and
/// without anything about nonces: who asks for one adds it.
/// @param content  what is signed, or to be
[[nodiscard]] policy::GateRequest gate_request(
    const store::IntentRecord& intent,
    chains::Preimage::Content content,
    const chains::Chain& chain,
    TimePoint now);

}  // namespace chela::sidecar::flow
