#pragma once

#include "signer/pkcs11/attributes.hpp"
#include "signer/pkcs11/return_code.hpp"
#include "signer/pkcs11/token.hpp"

#include <span>
#include <vector>

#include <p11-kit/pkcs11.h>

namespace chela::signer::pkcs11 {

struct FoundKey {
    CK_OBJECT_HANDLE private_key{};
    KeyInfo info;
};

/// @return the handles that match, of objects this session can see
[[nodiscard]] Attempt<std::vector<CK_OBJECT_HANDLE>> find_objects(
    const Session& session, std::span<CK_ATTRIBUTE> query);

/// Every secp256k1 private key with its public half, found by the same CKA_ID; sorted by label and
/// id.
/// @return bad_response, reason E_KEY_AMBIGUOUS: two halves share an id; E_EC_POINT
[[nodiscard]] Attempt<std::vector<FoundKey>> find_keys(const Session& session);

/// @return not_found, reason E_KEY_NOT_FOUND: no such pair is visible; else as find_keys
[[nodiscard]] Attempt<FoundKey> find_key(const Session& session, BytesView id);

}  // namespace chela::signer::pkcs11
