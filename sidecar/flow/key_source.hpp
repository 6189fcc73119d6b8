#pragma once

#include "chains/crypto/ecdsa.hpp"
#include "sidecar/store/records.hpp"
#include "signer/key.hpp"
#include "signer/secret.hpp"

#include <memory>
#include <string>

namespace chela::sidecar::flow {

/// A back end as the keyring needs it: it makes keys and opens those that were pinned. Blocking and
/// thread-safe.
class KeySource {
public:
    /// What the store pins of a key that was made.
    struct Made {
        Bytes token_id;  ///< CKA_ID, or the agent's id at its authority; empty in a keystore
        chains::PublicKey public_key;
        Address address;
        // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
        std::string authority{};  ///< its origin; empty in the other back ends
    };

    KeySource() = default;
    KeySource(const KeySource&) = delete;
    KeySource& operator=(const KeySource&) = delete;
    virtual ~KeySource() = default;

    [[nodiscard]] virtual store::KeyBackend backend() const = 0;
    [[nodiscard]] virtual signer::KeyOrigin origin() const = 0;
    /// @return unavailable: it is gone
    [[nodiscard]] virtual Status probe() = 0;
    /// @return as Token::generate, or SoftwareKeystore::store
    [[nodiscard]] virtual Result<Made> generate(const std::string& label) = 0;
    /// @param private_key  32 bytes in 1 … n-1
    /// @return as Token::import, or SoftwareKeystore::store
    [[nodiscard]] virtual Result<Made> import(
        const std::string& label, signer::Secret private_key) = 0;
    /// @return as Token::key, or SoftwareKeystore::open; bad_response: not the pinned key
    [[nodiscard]] virtual Result<std::shared_ptr<signer::Key>> open(
        const store::SigningKeyRecord& record) = 0;
    /// Does the private half that is there now belong to the pinned public key?
    /// @return how safe it is where it lies, in words; bad_response, reason E_KEY_CHANGED: it does
    /// not; as open()
    [[nodiscard]] virtual Result<std::string> prove(const store::SigningKeyRecord& record) = 0;
};

}  // namespace chela::sidecar::flow
