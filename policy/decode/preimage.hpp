#pragma once

#include "chains/preimage/preimage.hpp"
#include "policy/decode/contracts.hpp"
#include "policy/effect/tree.hpp"

namespace chela::policy {

/// What signing `content` with `signer`'s key lets happen. Never empty; what is not understood is
/// Opaque. Blobs and authorization lists of a transaction are looked at as well as its call.
/// Threads: pure.
[[nodiscard]] EffectTree decode_preimage(
    const chains::Preimage::Content& content, const Address& signer, const Contracts& contracts);

// One file each; the parts of decode_preimage().
[[nodiscard]] EffectTree decode_transaction(
    const chains::Transaction& transaction, const Address& signer, const Contracts& contracts);
/// By (chain, contract, recomputed type hash); without chain or contract it is Opaque.
[[nodiscard]] EffectTree decode_typed_data(
    const chains::TypedData& data, const Address& signer, const Contracts& contracts);
[[nodiscard]] EffectTree decode_message(
    const chains::PersonalMessage& message, const Address& signer);
[[nodiscard]] EffectTree decode_message(
    const chains::ValidatorMessage& message, const Address& signer);
[[nodiscard]] EffectTree decode_authorization(
    const chains::Authorization& authorization, const Address& signer);
[[nodiscard]] EffectTree decode_user_operation(
    const chains::UserOperationToSign& operation,
    const Address& signer,
    const Contracts& contracts);

}  // namespace chela::policy
