#pragma once

#include "signer/pkcs11/pinned_key.hpp"
#include "signer/pkcs11/session_pool.hpp"
#include "signer/pkcs11/token.hpp"

namespace chela::signer::pkcs11 {

/// As Token::adopt, on a leased session.
[[nodiscard]] Attempt<KeyInfo> adopt_key(
    const Lease& lease, const KeyChoice& choice, KeyPolicy policy);

}  // namespace chela::signer::pkcs11
