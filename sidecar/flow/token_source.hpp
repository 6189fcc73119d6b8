#pragma once

#include "sidecar/flow/key_source.hpp"
#include "signer/pkcs11/token.hpp"

namespace chela::sidecar::flow {

/// Keys in a PKCS#11 token, by CKA_ID.
class TokenSource final : public KeySource {
public:
    explicit TokenSource(signer::pkcs11::Token& token) : token_{token} {}

    [[nodiscard]] store::KeyBackend backend() const override { return store::KeyBackend::token; }
    [[nodiscard]] signer::KeyOrigin origin() const override { return token_.origin(); }
    [[nodiscard]] Status probe() override;
    [[nodiscard]] Result<Made> generate(const std::string& label) override;
    [[nodiscard]] Result<Made> import(
        const std::string& label, signer::Secret private_key) override;
    [[nodiscard]] Result<std::shared_ptr<signer::Key>> open(
        const store::SigningKeyRecord& record) override;
    [[nodiscard]] Result<std::string> prove(const store::SigningKeyRecord& record) override;

    /// Takes in a key that somebody else made in the token. @return as Token::adopt
    [[nodiscard]] Result<Made> adopt(const signer::pkcs11::KeyChoice& choice);

private:
    signer::pkcs11::Token& token_;
};

}  // namespace chela::sidecar::flow
