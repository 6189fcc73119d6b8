#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"
#include "signer/secret.hpp"
#include "signer/software/kdf.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace chela::signer::software {

/// A Web3 Secret Storage file as it stands, still encrypted. Secret: no, but worth guarding.
struct Keystore {
    KdfParams kdf;
    std::array<std::uint8_t, 16> iv{};  ///< AES-128-CTR's first counter block
    Bytes ciphertext;                   ///< 32 bytes
    Hash256 mac;                        ///< Keccak-256 of derived key bytes 16 … 31 ‖ ciphertext
    std::array<std::uint8_t, 16> uuid{};
    std::optional<Address> address;  ///< a claim: only the decrypted key proves it
};

/// @param json  at most 64 KiB; names in "crypto" are the specification's, "Crypto" is taken too;
///              members beside version, id, address and crypto are ignored
/// @return invalid_input, reasons E_JSON_… and E_KEYSTORE_FORMAT; unsupported, reason
///         E_KEYSTORE_VERSION, E_KEYSTORE_CIPHER or E_KEYSTORE_KDF; out_of_range as check_bounds;
///         too_large. Never quotes the file.
/// Source: Web3 Secret Storage Definition, version 3.
[[nodiscard]] Result<Keystore> parse_keystore(std::string_view json);
/// @return the file's text; parse_keystore gives the same value back
[[nodiscard]] std::string to_json(const Keystore& keystore);

/// Randomness for one file, each 16 or 32 bytes fresh from the operating system; values, so that
/// this layer draws nothing and tests repeat.
struct KeystoreEntropy {
    std::array<std::uint8_t, 32> salt{};
    std::array<std::uint8_t, 16> iv{};
    std::array<std::uint8_t, 16> uuid{};
};

enum class Kdf : std::uint8_t { scrypt, pbkdf2 };

/// @param private_key  32 bytes in 1 … n-1
/// @return invalid_input, reason E_PRIVATE_KEY, or E_KEYSTORE_PASSWORD: an empty password
[[nodiscard]] Result<Keystore> encrypt_key(
    const Secret& private_key,
    const Secret& password,
    const KeystoreEntropy& entropy,
    Kdf kdf = Kdf::scrypt);

/// @return the 32 bytes of the private key; denied, reason E_KEYSTORE_PASSWORD: the MAC does not
///         match (wrong password or damaged file); bad_response, reason E_KEYSTORE_ADDRESS: the key
///         is not that of the file's address; invalid_input, reason E_PRIVATE_KEY
[[nodiscard]] Result<Secret> decrypt_key(const Keystore& keystore, const Secret& password);

}  // namespace chela::signer::software
