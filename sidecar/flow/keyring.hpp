#pragma once

#include "sidecar/store/store.hpp"
#include "signer/key.hpp"
#include "signer/pkcs11/token.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace chela::sidecar::flow {

/// Signing keys by their stored id: the store pins public key and address, the token holds the
/// private half. Blocking and thread-safe.
class Keyring {
public:
    Keyring(store::KeyStore& store, signer::pkcs11::Token& token) : store_{store}, token_{token} {}

    /// @return not_found; unavailable: the token is gone; denied: the key could leave the token;
    /// bad_response: not the pinned key
    [[nodiscard]] Result<std::shared_ptr<signer::Key>> open(const std::string& key_id);

    /// Generates a key in the token and pins it in the store.
    /// @return conflict: the label is taken
    [[nodiscard]] Result<store::SigningKeyRecord> create(
        const std::string& label, const std::string& actor, TimePoint now);

    [[nodiscard]] signer::pkcs11::Token& token() { return token_; }

private:
    store::KeyStore& store_;
    signer::pkcs11::Token& token_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<signer::Key>> open_;
};

}  // namespace chela::sidecar::flow
