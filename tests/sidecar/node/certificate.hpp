#pragma once

#include <string>

namespace chela::test {

/// A fresh P-256 key and a certificate signed by itself, both as PEM text.
struct SelfSigned {
    std::string key_pem;
    std::string certificate_pem;
};

/// @param alternative_name  as in openssl.cnf: "IP:127.0.0.1" or "DNS:localhost"
[[nodiscard]] SelfSigned make_self_signed(const std::string& alternative_name);

}  // namespace chela::test
