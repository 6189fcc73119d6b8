#pragma once

#include "chains/base/bytes.hpp"
#include "chains/crypto/ecdsa.hpp"

#include <array>
#include <string_view>

namespace chela::test {

/// A private key of a test, with libsecp256k1 itself as the signer (RFC 6979 nonces, low s).
class TestKey {
public:
    /// @param hex  "0x" and 64 digits; not a private key ends the test run
    explicit TestKey(std::string_view hex);

    [[nodiscard]] chains::PublicKey public_key() const;
    [[nodiscard]] chains::RecoverableSignature sign(const SigningHash& hash) const;
    /// r‖s as a token gives it.
    [[nodiscard]] std::array<std::uint8_t, 64> sign_raw(const SigningHash& hash) const;

private:
    std::array<std::uint8_t, 32> secret_{};
};

/// n - s: the other s of the same signature.
[[nodiscard]] U256 negated(const U256& s);

}  // namespace chela::test
