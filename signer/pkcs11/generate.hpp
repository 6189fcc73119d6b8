#pragma once

#include "signer/pkcs11/session_pool.hpp"
#include "signer/pkcs11/token.hpp"

#include <string>

namespace chela::signer::pkcs11 {

/// @param label  1 to 128 bytes
/// @return invalid_input, reason E_LABEL
[[nodiscard]] Status check_key_label(const std::string& label);

/// Makes a secp256k1 pair on a read-write session and reads back what the token made; as
/// Token::generate.
[[nodiscard]] Attempt<KeyInfo> generate_key(const Lease& lease, const std::string& label);

}  // namespace chela::signer::pkcs11
