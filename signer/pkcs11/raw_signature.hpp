#pragma once

#include "chains/crypto/ecdsa.hpp"
#include "signer/own_digest.hpp"
#include "signer/pkcs11/attributes.hpp"

namespace chela::signer::pkcs11 {

/// C_SignInit and C_Sign with CKM_ECDSA: r‖s as the token gives it, high or low s, unproven.
/// @return 64 bytes; bad_response, reason E_SIGNATURE_LENGTH; the failure table
/// Source: PKCS#11 v2.40 Current Mechanisms, 2.3.1.
[[nodiscard]] Attempt<Bytes> raw_signature(
    const Session& session, CK_OBJECT_HANDLE key, const OwnDigest& digest);

/// Signs one of our own texts and proves that the private key belongs to `public_key`.
/// @return bad_response, reason E_SIGNATURE_MISMATCH; as raw_signature
[[nodiscard]] Attempt<void> prove_key(
    const Session& session,
    CK_OBJECT_HANDLE key,
    const chains::PublicKey& public_key,
    FixedText text);

}  // namespace chela::signer::pkcs11
