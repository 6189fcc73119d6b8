#pragma once

#include "chains/base/bytes.hpp"
#include "chains/preimage/preimage.hpp"

#include <cstdint>

namespace chela::signer {

/// Texts of ours that a key signs to show something of itself, never for anybody else.
enum class FixedText : std::uint8_t {
    self_test,     ///< does the device still sign after it was re-initialised?
    find_key_one,  ///< two signatures over known digests give away the public key
    find_key_two,
    prove_key,  ///< does the private key belong to this public key?
};

/// A digest that the signer computed itself; what signs takes nothing else, so that no digest of a
/// caller can reach a key.
class OwnDigest {
public:
    [[nodiscard]] static OwnDigest of(const chains::ApprovedPreimage& approved);
    /// Keccak-256 of "chela signer …": no preimage of Ethereum starts with the letter c. They start
    /// with 0x01 to 0x04, 0x19 or an RLP list (0xc0 and up).
    [[nodiscard]] static OwnDigest of(FixedText text);

    [[nodiscard]] const SigningHash& hash() const { return hash_; }

private:
    explicit OwnDigest(const SigningHash& hash) : hash_{hash} {}

    SigningHash hash_;
};

}  // namespace chela::signer
