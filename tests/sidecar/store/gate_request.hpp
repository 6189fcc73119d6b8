#pragma once

#include "policy/gate/gate.hpp"
#include "tests/policy/bound.hpp"
#include "tests/sidecar/store/fixture.hpp"

#include <string>

namespace chela::sidecar::store {

/// A payment of so much ether to Alice, as a door would ask for it.
inline policy::GateRequest request_of(const std::string& intent, const std::string& value = "1") {
    return test::bound(
        {.intent_id = intent,
         .decision_id = "decision-" + intent,
         .agent_id = kAgent,
         .fingerprint = "print-" + intent,
         .signer = kSigner,
         .content = chains::Transaction{test::transaction_to(kAlice, ether(value))},
         .requested_nonce = {},
         .chain_nonce = Nonce{0},
         .chain_max_fee = ether("1"),
         .node_chain = kChain,
         .now = kNow,
         .simulation = policy::SimulationFacts{
             .id = "simulation-1",
             .outcome = chains::simulation::Outcome::success,
             .is_degraded = true,
             .age_blocks = 0,
             .changes = {}}});
}

}  // namespace chela::sidecar::store
