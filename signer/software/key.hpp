#pragma once

#include "signer/key.hpp"
#include "signer/metrics.hpp"
#include "signer/secret.hpp"

#include <memory>
#include <string>

struct secp256k1_context_struct;

namespace chela::signer::software {

/// A private key in this process: locked pages, out of core files, wiped at the end. Nonces by RFC
/// 6979, so the same bytes give the same signature. Weaker than a token: who owns the process owns
/// the key.
class SoftwareKey final : public Key {
public:
    /// @param private_key  32 bytes in 1 … n-1
    /// @param place        where it was read from, for origin()
    /// @param metrics      may be null
    /// @return invalid_input, reason E_PRIVATE_KEY
    [[nodiscard]] static Result<std::shared_ptr<Key>> make(
        Secret private_key, std::string place, std::shared_ptr<SignerMetrics> metrics = nullptr);

    [[nodiscard]] const chains::PublicKey& public_key() const override { return public_key_; }
    [[nodiscard]] const Address& address() const override { return address_; }
    [[nodiscard]] Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) override;
    /// Always ok: the key is in memory.
    [[nodiscard]] Status probe() override;
    [[nodiscard]] KeyOrigin origin() const override;

private:
    struct FreeContext {
        void operator()(secp256k1_context_struct* context) const;
    };
    SoftwareKey(
        Secret private_key,
        const chains::PublicKey& public_key,
        std::string place,
        std::shared_ptr<SignerMetrics> metrics);

    const Secret private_key_;
    const chains::PublicKey public_key_;
    const Address address_;
    const std::string place_;
    const std::shared_ptr<SignerMetrics> metrics_;
    const std::unique_ptr<secp256k1_context_struct, FreeContext> context_;
};

}  // namespace chela::signer::software
