#pragma once

#include "sidecar/flow/key_source.hpp"
#include "signer/software/directory.hpp"

namespace chela::sidecar::flow {

/// Keys in encrypted files, by address; one password for all of them.
class KeystoreSource final : public KeySource {
public:
    KeystoreSource(signer::software::SoftwareKeystore keystore, signer::Secret password)
        : keystore_{std::move(keystore)},
          password_{std::move(password)} {}

    [[nodiscard]] store::KeyBackend backend() const override { return store::KeyBackend::keystore; }
    [[nodiscard]] signer::KeyOrigin origin() const override { return keystore_.origin(); }
    [[nodiscard]] Status probe() override;
    /// @param label  not part of the file: the store knows it
    [[nodiscard]] Result<Made> generate(const std::string& label) override;
    [[nodiscard]] Result<Made> import(
        const std::string& label, signer::Secret private_key) override;
    [[nodiscard]] Result<std::shared_ptr<signer::Key>> open(
        const store::SigningKeyRecord& record) override;
    [[nodiscard]] Result<std::string> prove(const store::SigningKeyRecord& record) override;

private:
    signer::software::SoftwareKeystore keystore_;
    signer::Secret password_;
};

}  // namespace chela::sidecar::flow
