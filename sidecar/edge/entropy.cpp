#include "sidecar/edge/entropy.hpp"

#include "chains/base/result.hpp"

#include <limits>

#include <openssl/rand.h>

namespace chela::sidecar {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

constexpr bool is_dash_position(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

}  // namespace

Bytes random_bytes(std::size_t count) {
    if (count > std::numeric_limits<int>::max()) bug("random_bytes: too many bytes asked for");
    Bytes out(count);
    if (RAND_bytes(out.data(), static_cast<int>(count)) != 1) {
        bug("the random number generator failed");
    }
    return out;
}

void fill_randomly(std::span<char> secret) {
    if (secret.size() > std::numeric_limits<int>::max()) bug("fill_randomly: too many bytes");
    // OpenSSL keeps a generator of its own for what must stay private.
    auto* const bytes = reinterpret_cast<unsigned char*>(secret.data());
    if (RAND_priv_bytes(bytes, static_cast<int>(secret.size())) != 1)
        bug("the random number generator failed");
}

std::uint64_t random_number() {
    std::uint64_t out = 0;
    for (const std::uint8_t byte : random_bytes(sizeof out))
        out = (out << 8U) | byte;
    return out;
}

std::string random_uuid() {
    Bytes bytes = random_bytes(16);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
    std::string out;
    out.reserve(36);
    for (const std::uint8_t byte : bytes) {
        if (is_dash_position(out.size())) out.push_back('-');
        out.push_back(kDigits[byte >> 4U]);
        out.push_back(kDigits[byte & 0x0fU]);
    }
    return out;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool fits =
            is_dash_position(i) ? text[i] == '-' : kDigits.find(text[i]) != std::string_view::npos;
        if (!fits) return false;
    }
    return true;
}

}  // namespace chela::sidecar
