#pragma once

#include "chains/base/result.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "signer/secret.hpp"

namespace chela::signer {

/// The public half of a secp256k1 private key.
/// @param private_key  32 bytes, big-endian, 1 … n-1
/// @return invalid_input, reason E_PRIVATE_KEY: another length, 0, or not below the curve order
/// Secret: the argument; nothing of it is in the error. Source: SEC 2, 2.4.1.
[[nodiscard]] Result<chains::PublicKey> public_key_of(const Secret& private_key);

/// @param hex  64 digits of either case, with or without "0x"
/// @return the 32 bytes, not yet checked to be a key; invalid_input, reason E_PRIVATE_KEY
/// Secret: the argument and the result; nothing of it is in the error.
[[nodiscard]] Result<Secret> parse_private_key(const Secret& hex);

}  // namespace chela::signer
