#pragma once

#include "signer/key.hpp"
#include "signer/metrics.hpp"
#include "signer/secret.hpp"
#include "signer/software/keystore.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace chela::signer::software {

struct StoredKey {
    Address address;  ///< what the file says; open() proves it
    std::filesystem::path file;
};

/// Web3 Secret Storage files in one directory (mode 0700, ours), a file of mode 0600 for each key,
/// named by its address. Nothing uses it unless somebody constructs it. It has no way to take a key
/// out in the clear. Blocking; threads: safe, also beside other processes.
class SoftwareKeystore {
public:
    /// @param metrics  passed on to the keys; may be null
    /// @return not_found: no such directory; denied, reason E_FILE_MODE: others can use it, or it
    /// is
    ///         somebody else's
    [[nodiscard]] static Result<SoftwareKeystore> at(
        std::filesystem::path directory, std::shared_ptr<SignerMetrics> metrics = nullptr);

    /// All files *.json, by address; one that does not parse is an error, not passed over.
    /// @return what read_secret_file and parse_keystore say, with the file's name; conflict, reason
    ///         E_KEY_AMBIGUOUS: two files say the same address; invalid_input: a file names none
    [[nodiscard]] Result<std::vector<StoredKey>> list() const;

    /// Encrypts with scrypt and writes the file, durable on return. The private key given is the
    /// caller's: fresh from the operating system for a new one, or imported.
    /// @return conflict, reason E_KEY_EXISTS: the address has a file; as encrypt_key; unavailable:
    ///         the file cannot be written
    [[nodiscard]] Result<StoredKey> store(
        const Secret& private_key, const Secret& password, const KeystoreEntropy& entropy) const;

    /// Takes about a second and 256 MiB for scrypt.
    /// @return not_found, reason E_KEY_NOT_FOUND; as decrypt_key; bad_response, reason
    ///         E_KEYSTORE_ADDRESS: the file holds another key
    [[nodiscard]] Result<std::shared_ptr<Key>> open(
        const Address& address, const Secret& password) const;

    [[nodiscard]] KeyOrigin origin() const;

private:
    SoftwareKeystore(std::filesystem::path directory, std::shared_ptr<SignerMetrics> metrics);

    std::filesystem::path directory_;
    std::shared_ptr<SignerMetrics> metrics_;
};

}  // namespace chela::signer::software
