#include "sidecar/auth/api_key.hpp"

#include "sidecar/auth/base64url.hpp"
#include "sidecar/auth/sha256.hpp"
#include "sidecar/edge/entropy.hpp"

#include <openssl/crypto.h>

namespace chela::sidecar::auth {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyCharacters = 43;  // 32 bytes in base64url
constexpr std::size_t kLookupCharacters = 12;

}  // namespace

NewApiKey make_api_key(std::string_view prefix) {
    Bytes bytes = random_bytes(kKeyBytes);
    std::string body = to_base64url(bytes);
    std::string text;
    // Reserved, so that no half of the key stays behind in a buffer that was outgrown.
    text.reserve(prefix.size() + body.size());
    text.append(prefix).append(body);
    NewApiKey made{
        .key = signer::Secret{text},
        .prefix = text.substr(0, kLookupCharacters),
        .hash = hash_api_key(text)};
    OPENSSL_cleanse(bytes.data(), bytes.size());
    OPENSSL_cleanse(body.data(), body.size());
    OPENSSL_cleanse(text.data(), text.size());
    return made;
}

Hash256 hash_api_key(std::string_view key) {
    return sha256(key);
}

std::string lookup_prefix(std::string_view key, std::string_view prefix) {
    if (!key.starts_with(prefix) || key.size() != prefix.size() + kKeyCharacters) return {};
    auto body = parse_base64url(key.substr(prefix.size()));
    if (!body) return {};
    OPENSSL_cleanse(body->data(), body->size());
    return std::string{key.substr(0, kLookupCharacters)};
}

bool equal(const Hash256& a, const Hash256& b) {
    return CRYPTO_memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

}  // namespace chela::sidecar::auth
