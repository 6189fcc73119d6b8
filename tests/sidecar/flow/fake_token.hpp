#pragma once

#include "signer/pkcs11/token.hpp"
#include "tests/chains/test_key.hpp"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace chela::test {

/// What the keys of a FakeToken do and did. Thread-safe.
class KeyBehaviour {
public:
    void fail_probe(std::optional<Error> error);
    /// @param only  the nonce whose signature fails; nothing: all
    void fail_sign(std::optional<Error> error, std::optional<Nonce> only = {});
    /// From now on sign() waits until release().
    void hold();
    void release();
    [[nodiscard]] std::uint64_t probes() const;
    [[nodiscard]] std::uint64_t signatures() const;  ///< made, whether anyone got them or not
    [[nodiscard]] std::uint64_t attempts() const;    ///< calls of sign()

    [[nodiscard]] Status on_probe();
    [[nodiscard]] Status on_sign(Nonce nonce);

private:
    mutable std::mutex mutex_;
    std::condition_variable released_;
    bool held_ = false;
    std::optional<Error> probe_error_;
    std::optional<Error> sign_error_;
    std::optional<Nonce> failing_nonce_;
    std::uint64_t probes_ = 0;
    std::uint64_t attempts_ = 0;
    std::uint64_t signatures_ = 0;
};

/// A token in memory whose n-th key is the private key n; it outlives restarts, as a real one does.
class FakeToken final : public signer::pkcs11::Token {
public:
    KeyBehaviour behaviour;
    std::optional<Error> generate_error;
    std::optional<Error> open_error;

    Result<signer::pkcs11::TokenStatus> status() override;
    Result<signer::pkcs11::KeyInfo> generate(const std::string& label) override;
    Result<std::vector<signer::pkcs11::KeyInfo>> list() override;
    Result<signer::pkcs11::KeyInfo> describe(BytesView id) override;
    Result<std::shared_ptr<signer::Key>> key(
        BytesView id, const chains::PublicKey& expected) override;

private:
    std::mutex mutex_;
    std::vector<signer::pkcs11::KeyInfo> keys_;
};

}  // namespace chela::test
