#include "policy/decode/preimage.hpp"
#include "policy/decode/roots.hpp"

namespace chela::policy {

EffectTree decode_authorization(const chains::Authorization& authorization, const Address& signer) {
    return single_root(
        signer, std::nullopt,
        Delegate7702{
            .chain = authorization.chain_id,
            .authority = signer,
            .delegate = authorization.address,
            .nonce = authorization.nonce});
}

}  // namespace chela::policy
