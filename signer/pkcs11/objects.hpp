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
    bool has_public_half = true;  ///< false: info.public_key is not the token's word
};

/// A private key object by itself.
struct PrivateHalf {
    CK_OBJECT_HANDLE handle{};
    Bytes id;
    std::string label;
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

/// Private EC keys that fit the choice; those that name another curve than secp256k1 are left out,
/// those that do not name theirs stay.
[[nodiscard]] Attempt<std::vector<PrivateHalf>> find_private_halves(
    const Session& session, const KeyChoice& choice);
/// @return not_found, reason E_KEY_NOT_FOUND; bad_response, reason E_KEY_AMBIGUOUS
[[nodiscard]] Attempt<PrivateHalf> only_one(const std::vector<PrivateHalf>& halves);

}  // namespace chela::signer::pkcs11
