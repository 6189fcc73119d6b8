#pragma once

#include "chains/crypto/ecdsa.hpp"
#include "signer/pkcs11/attributes.hpp"
#include "signer/pkcs11/connection.hpp"
#include "signer/pkcs11/objects.hpp"
#include "signer/pkcs11/pool_options.hpp"

#include <cstdint>

namespace chela::signer::pkcs11 {

/// A key as the store remembers it: where to look, and what must be found there.
struct PinnedKey {
    Bytes id;  ///< CKA_ID
    chains::PublicKey public_key;
    bool operator==(const PinnedKey&) const = default;
};

/// What a key in the token must be like to be used.
enum class KeyPolicy : std::uint8_t {
    must_stay,  ///< not extractable, sensitive, and, when made in the token, always so
    may_leave,  ///< token.allow_extractable_keys: true
};
[[nodiscard]] KeyPolicy key_policy(const PoolOptions& options);

/// As the token says: at no time could it be read or taken out.
[[nodiscard]] bool was_always_inside(const KeyAttributes& attributes);
/// @return denied: E_KEY_EXTRACTABLE, E_KEY_CANNOT_SIGN
[[nodiscard]] Attempt<void> check_attributes(const KeyAttributes& attributes, KeyPolicy policy);

/// Finds the private key and proves, as far as the token's objects tell, that it is the pinned one
/// and cannot leave the token. Without a public half (`has_public_half` is false) only a signature
/// tells whose key it is.
/// @return not_found only when the token answers and the session is logged in; denied; bad_response
///         as Token::key
[[nodiscard]] Attempt<FoundKey> find_pinned_key(
    const Session& session, Connection& connection, const PinnedKey& wanted, KeyPolicy policy);

}  // namespace chela::signer::pkcs11
