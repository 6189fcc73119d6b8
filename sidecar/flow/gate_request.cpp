#include "sidecar/flow/gate_request.hpp"

#include "sidecar/edge/entropy.hpp"

#include <optional>
#include <utility>

namespace chela::sidecar::flow {

policy::GateRequest gate_request(
    const store::IntentRecord& intent,
    chains::Preimage::Content content,
    const chains::Chain& chain,
    TimePoint now) {
    return {
        .intent_id = intent.id,
        .decision_id = random_uuid(),
        .agent_id = intent.agent_id,
        .fingerprint = intent.fingerprint,
        .signer = intent.from,
        .content = std::move(content),
        .requested_nonce = std::nullopt,
        .chain_nonce = {},
        .chain_max_fee = chain.max_fee_per_transaction,
        .node_chain = chain.chain_id,
        .now = now,
        .simulation = std::nullopt};
}

}  // namespace chela::sidecar::flow
