#pragma once

#include "signer/pkcs11/session_pool.hpp"
#include "signer/pkcs11/token.hpp"
#include "signer/secret.hpp"

#include <string>

namespace chela::signer::pkcs11 {

/// Writes the pair on a read-write session and proves it; as Token::import.
/// @param public_key  that of `private_key`
[[nodiscard]] Attempt<KeyInfo> import_key(
    const Lease& lease,
    const std::string& label,
    const Secret& private_key,
    const chains::PublicKey& public_key);

}  // namespace chela::signer::pkcs11
