#pragma once

#include "chains/tx/transaction.hpp"
#include "policy/effect/effect.hpp"

#include <vector>

namespace chela::policy {

/// Decodes native value, contract creation and the ERC-20 / ERC-721 / ERC-1155 calls by selector.
/// Strict: arguments are re-encoded and compared; a difference is Opaque(non_canonical).
/// Of a blob or delegation transaction these are the effects of its call alone; `decide` refuses it
/// by its type.
/// @param signer  the account that the transaction acts for
/// @return at least one effect; native value with calldata gives a Transfer and the call's own
/// effect
[[nodiscard]] std::vector<Effect> decode_effects(
    const chains::Transaction& transaction, const Address& signer);

}  // namespace chela::policy
