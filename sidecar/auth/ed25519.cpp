#include "sidecar/auth/ed25519.hpp"

#include <limits>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace chela::sidecar::auth {

namespace {

constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using PKey = std::unique_ptr<EVP_PKEY, Free>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free>;
using Bio = std::unique_ptr<BIO, Free>;

/// Never asks at a terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct Ed25519Key::Impl {
    PKey key;
};

Ed25519Key::Ed25519Key(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Ed25519Key::Ed25519Key(Ed25519Key&&) noexcept = default;
Ed25519Key& Ed25519Key::operator=(Ed25519Key&&) noexcept = default;
Ed25519Key::~Ed25519Key() = default;

Ed25519Key Ed25519Key::generate() {
    PKey key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    if (!key) bug("no Ed25519 key could be generated");
    return Ed25519Key{std::make_unique<Impl>(std::move(key))};
}

Result<Ed25519Key> Ed25519Key::from_pem(std::string_view pem) {
    const auto refuse = [] {
        return fail(ErrorCode::invalid_input, "not an unencrypted Ed25519 PKCS#8 PEM key");
    };
    // The traditional forms that OpenSSL reads as well know no Ed25519.
    if (!pem.starts_with("-----BEGIN PRIVATE KEY-----")) return refuse();
    if (pem.size() > std::numeric_limits<int>::max()) return refuse();
    const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    if (!bio) bug("out of memory in OpenSSL");
    PKey key{PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)};
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) return refuse();
    return Ed25519Key{std::make_unique<Impl>(std::move(key))};
}

signer::Secret Ed25519Key::to_pem() const {
    const Bio bio{BIO_new(BIO_s_secmem())};
    if (!bio) bug("out of memory in OpenSSL");
    const int done = PEM_write_bio_PKCS8PrivateKey(
        bio.get(), impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    if (done != 1) bug("an Ed25519 key could not be encoded");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    if (size <= 0) bug("an Ed25519 key could not be encoded");
    return signer::Secret{std::string_view{data, static_cast<std::size_t>(size)}};
}

Bytes Ed25519Key::public_key() const {
    Bytes out(kPublicKeyBytes);
    std::size_t size = out.size();
    const int done = EVP_PKEY_get_raw_public_key(impl_->key.get(), out.data(), &size);
    if (done != 1 || size != out.size()) bug("an Ed25519 key has no public half");
    return out;
}

Bytes Ed25519Key::sign(std::string_view message) const {
    const DigestContext context{EVP_MD_CTX_new()};
    Bytes out(kSignatureBytes);
    std::size_t size = out.size();
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) != 1 ||
        EVP_DigestSign(context.get(), out.data(), &size, as_bytes(message), message.size()) != 1 ||
        size != out.size()) {
        bug("an Ed25519 signature could not be made");
    }
    return out;
}

bool Ed25519Key::is_signed(std::string_view message, BytesView signature) const {
    if (signature.size() != kSignatureBytes) return false;
    const DigestContext context{EVP_MD_CTX_new()};
    if (!context ||
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) != 1) {
        bug("an Ed25519 signature could not be checked");
    }
    return EVP_DigestVerify(
               context.get(), signature.data(), signature.size(), as_bytes(message),
               message.size()) == 1;
}

}  // namespace chela::sidecar::auth
