#include "signer/software/keystore.hpp"

#include "chains/crypto/keccak.hpp"
#include "signer/private_key.hpp"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace chela::signer::software {

namespace {

constexpr std::size_t kHalf = 16;

BytesView bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Counter mode: the same act encrypts and decrypts.
void apply_aes_128_ctr(
    BytesView key, const std::array<std::uint8_t, 16>& iv, BytesView in, std::uint8_t* out) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{
        EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    int size = 0;
    const bool is_done =
        context != nullptr &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), iv.data()) == 1 &&
        EVP_EncryptUpdate(context.get(), out, &size, in.data(), static_cast<int>(in.size())) == 1;
    if (!is_done || static_cast<std::size_t>(size) != in.size()) bug("AES-128-CTR failed");
}

Hash256 mac_of(BytesView derived, BytesView ciphertext) {
    chains::Keccak256 hash;
    hash.update(derived.subspan(kHalf, kHalf));
    hash.update(ciphertext);
    return hash.finish();
}

KdfParams params_for(Kdf kdf, const KeystoreEntropy& entropy) {
    const Bytes salt{entropy.salt.begin(), entropy.salt.end()};
    switch (kdf) {
        case Kdf::scrypt:
            return ScryptParams{.salt = salt};
        case Kdf::pbkdf2:
            return Pbkdf2Params{.iterations = 1'000'000, .salt = salt};
    }
    bug("unknown Kdf");
}

}  // namespace

Result<Keystore> encrypt_key(
    const Secret& private_key, const Secret& password, const KeystoreEntropy& entropy, Kdf kdf) {
    const auto public_key = public_key_of(private_key);
    if (!public_key) return std::unexpected{public_key.error()};
    if (password.empty()) {
        return fail(ErrorCode::invalid_input, "a keystore needs a password", "E_KEYSTORE_PASSWORD");
    }
    Keystore made{
        .kdf = params_for(kdf, entropy),
        .iv = entropy.iv,
        .ciphertext = Bytes(private_key.reveal().size()),
        .mac = {},
        .uuid = entropy.uuid,
        .address = chains::address_of(*public_key)};
    const auto derived = derive_key(password, made.kdf);
    if (!derived) return std::unexpected{derived.error()};
    const BytesView key = bytes_of(derived->reveal());
    apply_aes_128_ctr(
        key.first(kHalf), made.iv, bytes_of(private_key.reveal()), made.ciphertext.data());
    made.mac = mac_of(key, made.ciphertext);
    return made;
}

Result<Secret> decrypt_key(const Keystore& keystore, const Secret& password) {
    const auto derived = derive_key(password, keystore.kdf);
    if (!derived) return std::unexpected{derived.error()};
    const BytesView key = bytes_of(derived->reveal());
    const Hash256 mac = mac_of(key, keystore.ciphertext);
    if (CRYPTO_memcmp(mac.bytes.data(), keystore.mac.bytes.data(), mac.bytes.size()) != 0) {
        return fail(
            ErrorCode::denied, "the password is wrong, or the keystore is damaged",
            "E_KEYSTORE_PASSWORD");
    }
    Secret private_key = Secret::filled(keystore.ciphertext.size(), [&](std::span<char> out) {
        apply_aes_128_ctr(
            key.first(kHalf), keystore.iv, keystore.ciphertext,
            reinterpret_cast<std::uint8_t*>(out.data()));
    });
    const auto public_key = public_key_of(private_key);
    if (!public_key) return std::unexpected{public_key.error()};
    if (keystore.address && *keystore.address != chains::address_of(*public_key)) {
        return fail(
            ErrorCode::bad_response, "the keystore holds the key of another address than it says",
            "E_KEYSTORE_ADDRESS");
    }
    return private_key;
}

}  // namespace chela::signer::software
