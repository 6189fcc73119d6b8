#pragma once

#include "chains/base/json.hpp"

#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <openssl/types.h>

namespace chela::test {

/// A key that an issuer of tokens signs with.
class IssuerKey {
public:
    /// @param kind  "RSA" (2,048 bits), "RSA1024" or "EC" (P-256)
    IssuerKey(const std::string& kind, std::string kid);

    /// The public half.
    [[nodiscard]] Json jwk() const;
    [[nodiscard]] const std::string& kid() const { return kid_; }
    /// The algorithm that fits.
    [[nodiscard]] std::string algorithm() const;
    /// A compact JWS with {alg, kid} in its header.
    [[nodiscard]] std::string sign(const Json& claims) const;
    /// @param header  as it shall stand there
    [[nodiscard]] std::string sign(const Json& header, const std::string& payload) const;

private:
    std::shared_ptr<EVP_PKEY> key_;
    std::string kid_;
};

/// {"keys": [the public halves]}
[[nodiscard]] std::string jwks_of(const std::vector<const IssuerKey*>& keys);

}  // namespace chela::test
