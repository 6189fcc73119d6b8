#pragma once

#include "chains/base/json.hpp"
#include "sidecar/auth/base64url.hpp"
#include "sidecar/auth/ed25519.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::auth::test {

inline Json rfc8037_vector() {
    std::ifstream in{CHELA_VECTORS_DIR "/rfc8037/ed25519.json"};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto json = parse_json(text);
    EXPECT_TRUE(json.has_value());
    return json ? std::move(*json) : Json::object();
}

/// The RFC's private key as PKCS#8 PEM. Source: RFC 8410, 7: a fixed prefix and the 32-byte seed.
inline std::string rfc8037_pem() {
    const auto seed = parse_base64url(rfc8037_vector()["d"].get<std::string>());
    EXPECT_TRUE(seed.has_value());
    Bytes der{0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
              0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
    der.insert(der.end(), seed->begin(), seed->end());
    // 48 bytes: base64 without padding, and the URL alphabet differs in two characters.
    std::string base64 = to_base64url(der);
    for (char& c : base64) {
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    return "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
}

inline Ed25519Key rfc8037_key() {
    auto key = Ed25519Key::from_pem(rfc8037_pem());
    EXPECT_TRUE(key.has_value());
    return std::move(*key);
}

}  // namespace chela::sidecar::auth::test
