#pragma once

#include "chains/base/result.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/preimage/preimage.hpp"

namespace chela::signer {

/// One private key, wherever it lives. Blocking; safe to call from several threads.
class Key {
public:
    virtual ~Key() = default;
    [[nodiscard]] virtual const chains::PublicKey& public_key() const = 0;
    [[nodiscard]] virtual const Address& address() const = 0;

    /// Hashes the preimage's bytes itself and signs: low s, and the recovered signer equals the
    /// pinned address.
    /// @return denied: approved for another address; unavailable: the token is gone (nothing was
    ///         signed); bad_response: the token's signature does not recover to this key (nothing
    ///         leaves)
    [[nodiscard]] virtual Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) = 0;

    /// Is the key there and usable right now? Signs nothing.
    [[nodiscard]] virtual Status probe() = 0;
};

}  // namespace chela::signer
