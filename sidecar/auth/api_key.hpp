#pragma once

#include "chains/base/bytes.hpp"
#include "signer/secret.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::auth {

inline constexpr std::string_view kAgentKeyPrefix = "ocv_";
inline constexpr std::string_view kAdminKeyPrefix = "1ck_";

/// A key as it is shown once, with what is stored of it: 256 random bits, so a plain SHA-256 cannot
/// be searched and a slow hash would only add a way to exhaust us.
struct NewApiKey {
    signer::Secret key;  ///< prefix and base64url(32 random bytes) without padding
    std::string prefix;  ///< first 12 characters, for look-up and display
    Hash256 hash;        ///< SHA-256 of the whole key
};

[[nodiscard]] NewApiKey make_api_key(std::string_view prefix);
[[nodiscard]] Hash256 hash_api_key(std::string_view key);
/// "" when the text cannot be an API key with this prefix.
[[nodiscard]] std::string lookup_prefix(std::string_view key, std::string_view prefix);
/// Compares in constant time.
[[nodiscard]] bool equal(const Hash256& a, const Hash256& b);

}  // namespace chela::sidecar::auth
