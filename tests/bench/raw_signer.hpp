#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <array>
#include <memory>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace chela::bench {

/// libsecp256k1 alone, with a key in this process: what the mathematics of a signature costs.
class RawSigner {
public:
    explicit RawSigner(const std::array<std::uint8_t, 32>& key) : key_{key} {}

    [[nodiscard]] secp256k1_ecdsa_recoverable_signature sign(const SigningHash& digest) const {
        secp256k1_ecdsa_recoverable_signature signature;
        if (secp256k1_ecdsa_sign_recoverable(
                context_.get(), &signature, digest.bytes.data(), key_.data(), nullptr, nullptr) !=
            1) {
            bug("libsecp256k1 did not sign");
        }
        return signature;
    }

    [[nodiscard]] secp256k1_pubkey recover(
        const SigningHash& digest, const secp256k1_ecdsa_recoverable_signature& signature) const {
        secp256k1_pubkey key;
        if (secp256k1_ecdsa_recover(context_.get(), &key, &signature, digest.bytes.data()) != 1)
            bug("libsecp256k1 did not recover");
        return key;
    }

private:
    std::array<std::uint8_t, 32> key_;
    std::unique_ptr<secp256k1_context, decltype(&secp256k1_context_destroy)> context_{
        secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY),
        &secp256k1_context_destroy};
};

}  // namespace chela::bench
