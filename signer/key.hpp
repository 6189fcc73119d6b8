#pragma once

#include "chains/base/result.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/preimage/preimage.hpp"
#include "signer/origin.hpp"

#include <chrono>

namespace chela::signer {

/// One private key, wherever it lives. Blocking; safe to call from several threads.
class Key {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    virtual ~Key() = default;
    [[nodiscard]] virtual const chains::PublicKey& public_key() const = 0;
    [[nodiscard]] virtual const Address& address() const = 0;

    /// Hashes the preimage's bytes itself and signs: low s, and the recovered signer equals the
    /// pinned address. Returns within the back end's own limit.
    /// @return denied: approved for another address; unavailable: the token is gone or busy
    ///         (nothing was signed); timed_out, reason E_TOKEN_TIMEOUT: the token does not answer,
    ///         and what it may still sign is thrown away; bad_response: the token's signature does
    ///         not recover to this key (nothing leaves)
    [[nodiscard]] virtual Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) = 0;

    /// As sign(), and returns by `deadline` at the latest.
    /// @return also unavailable: the deadline passed before the call could start
    [[nodiscard]] virtual Result<chains::RecoverableSignature> sign_before(
        const chains::ApprovedPreimage& approved, Deadline deadline) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return fail(ErrorCode::unavailable, "the time to sign is over", "E_TOKEN_BUSY");
        }
        return sign(approved);
    }

    /// Is the key there and usable right now? Signs nothing.
    [[nodiscard]] virtual Status probe() = 0;

    /// Which back end holds the key.
    [[nodiscard]] virtual KeyOrigin origin() const { return {}; }
};

}  // namespace chela::signer
