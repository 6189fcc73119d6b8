#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"
#include "signer/secret.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace chela::sidecar::auth {

/// An Ed25519 key pair. Source: RFC 8032; RFC 8410 for the PKCS#8 form.
class Ed25519Key {
public:
    [[nodiscard]] static Ed25519Key generate();
    /// Unencrypted PKCS#8 PEM. @return invalid_input
    [[nodiscard]] static Result<Ed25519Key> from_pem(std::string_view pem);
    Ed25519Key(Ed25519Key&&) noexcept;
    Ed25519Key& operator=(Ed25519Key&&) noexcept;
    ~Ed25519Key();

    /// Unencrypted PKCS#8 PEM.
    [[nodiscard]] signer::Secret to_pem() const;
    /// @return the 32-byte public key
    [[nodiscard]] Bytes public_key() const;
    /// @return the 64-byte signature
    [[nodiscard]] Bytes sign(std::string_view message) const;
    [[nodiscard]] bool is_signed(std::string_view message, BytesView signature) const;

private:
    struct Impl;
    explicit Ed25519Key(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace chela::sidecar::auth
