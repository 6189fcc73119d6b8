#pragma once

#include "chains/base/result.hpp"
#include "chains/crypto/ecdsa.hpp"

#include <array>

namespace chela::signer::pkcs11 {

/// CKA_EC_PARAMS of secp256k1: the DER object identifier 1.3.132.0.10. Source: SEC 2, A.2.1.
inline constexpr std::array<std::uint8_t, 7> kSecp256k1Params{0x06, 0x05, 0x2b, 0x81,
                                                              0x04, 0x00, 0x0a};

/// CKA_EC_POINT in the forms tokens use: DER OCTET STRING around 65 or 33 bytes, BIT STRING around
/// 65, or the bare point of 65, 64 or 33 bytes. Told apart by length, since 0x04 is both the OCTET
/// STRING tag and the uncompressed prefix.
/// @return bad_response, reason E_EC_POINT: none of these, or not a point of secp256k1
/// Source: PKCS#11 v2.40 Current Mechanisms, 2.3.3; X9.62.
[[nodiscard]] Result<chains::PublicKey> decode_ec_point(BytesView attribute);

}  // namespace chela::signer::pkcs11
