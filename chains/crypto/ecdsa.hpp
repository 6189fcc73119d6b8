#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"
#include "chains/base/u256.hpp"

#include <cstdint>

namespace chela::chains {

/// Uncompressed secp256k1 point without the 0x04 prefix: X‖Y, big-endian.
using PublicKey = FixedBytes<struct PublicKeyTag, 64>;

/// A signature with low s (s ≤ n/2) and the parity of R.y. Source: EIP-2, SEC 1 §4.1.
struct RecoverableSignature {
    U256 r;
    U256 s;
    std::uint8_t y_parity{};  ///< 0 or 1
    bool operator==(const RecoverableSignature&) const = default;
};

/// r ‖ s ‖ v, v being 27 + parity, as contracts and libraries take the signature of a message.
/// Source: Yellow Paper, appendix F (the precompiled contract ECREC).
[[nodiscard]] Bytes to_bytes(const RecoverableSignature& signature);

/// @param encoded  65 bytes 04‖X‖Y, 64 bytes X‖Y, or 33 bytes compressed
/// @return the point, or invalid_input: not on the curve
[[nodiscard]] Result<PublicKey> parse_public_key(BytesView encoded);

/// Last 20 bytes of keccak256(X‖Y). Source: Yellow Paper, appendix F.
[[nodiscard]] Address address_of(const PublicKey& key);

/// Low-s form of a raw r‖s.
/// @param raw  64 bytes, big-endian; r and s in 1 … n-1
/// @return invalid_input: a value is 0 or not below the curve order
struct RawSignature {
    U256 r;
    U256 s;
};
[[nodiscard]] Result<RawSignature> normalize_signature(BytesView raw);

/// @return the signer's key, or invalid_input: no point recovers (s must be low)
[[nodiscard]] Result<PublicKey> recover(
    const SigningHash& hash, const RecoverableSignature& signature);

/// Finds the parity by recovering and comparing: proves the signature and the key in one step.
/// @param raw  r‖s as a token gives it, high or low s
/// @return bad_response, reason E_SIGNATURE_MISMATCH: no parity recovers `expected`
[[nodiscard]] Result<RecoverableSignature> make_recoverable(
    const SigningHash& hash, BytesView raw, const PublicKey& expected);

}  // namespace chela::chains
