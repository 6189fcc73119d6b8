#pragma once

#include "signer/pkcs11/session_pool.hpp"
#include "signer/pkcs11/token.hpp"

#include <string>

namespace chela::signer::pkcs11 {

/// Makes a secp256k1 pair on a read-write session and reads back what the token made; as
/// Token::generate.
[[nodiscard]] Attempt<KeyInfo> generate_key(const Lease& lease, const std::string& label);

}  // namespace chela::signer::pkcs11
