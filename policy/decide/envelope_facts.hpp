#pragma once

#include "chains/preimage/preimage.hpp"
#include "policy/decide/decide.hpp"

#include <span>

namespace chela::policy {

/// What a preimage itself says of its envelope. What only the caller knows (operator_max_fee,
/// node_chain) stays empty.
[[nodiscard]] EnvelopeFacts envelope_facts(const chains::Preimage::Content& content);

/// What decoding may rely on under these policies: everything that any of them declares.
/// @return conflict E_POLICY_CONFLICT: two of them say different things of one contract
[[nodiscard]] Result<Contracts> contracts_of(std::span<const BoundPolicy> policies);

}  // namespace chela::policy
