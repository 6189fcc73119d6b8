#pragma once

#include "policy/effect/tree.hpp"

#include <string>

namespace chela::policy {

// Trees of signatures that are no calls: the signer acts, and nothing is in calldata.

[[nodiscard]] EffectTree single_root(
    const Address& signer, const std::optional<Address>& target, Effect effect);

/// @param chain  0 where the preimage names none
[[nodiscard]] EffectTree refused_root(
    const Address& signer,
    const std::optional<Address>& target,
    ChainId chain,
    Opaque::Reason reason,
    std::string detail);

}  // namespace chela::policy
