#include "signer/private_key.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <secp256k1.h>

namespace chela::signer {

namespace {

constexpr std::size_t kPrivateKeySize = 32;

using Context = std::unique_ptr<secp256k1_context, decltype(&secp256k1_context_destroy)>;

/// @return -1: not a hex digit
int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// A context for one multiplication, blinded: the scalar is secret.
Context blinded_context() {
    Context context{secp256k1_context_create(SECP256K1_CONTEXT_NONE), &secp256k1_context_destroy};
    std::array<unsigned char, 32> seed{};
    if (RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) != 1 ||
        secp256k1_context_randomize(context.get(), seed.data()) != 1) {
        bug("no randomness to blind libsecp256k1");
    }
    OPENSSL_cleanse(seed.data(), seed.size());
    return context;
}

}  // namespace

Result<chains::PublicKey> public_key_of(const Secret& private_key) {
    const auto refused = [] {
        return fail(
            ErrorCode::invalid_input,
            "a private key is 32 bytes, above zero and below the order of secp256k1",
            "E_PRIVATE_KEY");
    };
    if (private_key.reveal().size() != kPrivateKeySize) return refused();
    const Context context = blinded_context();
    const auto* const bytes = reinterpret_cast<const unsigned char*>(private_key.reveal().data());
    secp256k1_pubkey point{};
    if (secp256k1_ec_pubkey_create(context.get(), &point, bytes) != 1) return refused();
    std::array<std::uint8_t, 65> encoded{};
    std::size_t size = encoded.size();
    secp256k1_ec_pubkey_serialize(
        context.get(), encoded.data(), &size, &point, SECP256K1_EC_UNCOMPRESSED);
    return chains::parse_public_key(encoded);
}

Result<Secret> parse_private_key(const Secret& hex) {
    std::string_view digits = hex.reveal();
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    const bool is_hex = std::ranges::all_of(digits, [](char c) { return digit_value(c) >= 0; });
    if (digits.size() != 2 * kPrivateKeySize || !is_hex)
        return fail(
            ErrorCode::invalid_input, "a private key in hex has 64 digits", "E_PRIVATE_KEY");
    return Secret::filled(kPrivateKeySize, [digits](std::span<char> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] =
                static_cast<char>(digit_value(digits[2 * i]) * 16 + digit_value(digits[2 * i + 1]));
    });
}

}  // namespace chela::signer
