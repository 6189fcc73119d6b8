#include "tests/sidecar/auth/issuer_key.hpp"

#include "sidecar/auth/base64url.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

namespace chela::test {

namespace {

using sidecar::auth::to_base64url;

void require(bool holds) {
    if (!holds) throw std::runtime_error{"OpenSSL did not do what the test's issuer needs"};
}

std::string encode(const std::string& text) {
    return to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// @param size  0: as few bytes as it needs
std::string number(const EVP_PKEY* key, const char* name, int size) {
    BIGNUM* raw = nullptr;
    require(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> value{raw, BN_free};
    Bytes bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(raw) : size));
    require(BN_bn2binpad(raw, bytes.data(), static_cast<int>(bytes.size())) >= 0);
    return to_base64url(bytes);
}

Bytes raw_ecdsa(const Bytes& der) {
    const std::uint8_t* in = der.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair{
        d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())), ECDSA_SIG_free};
    require(pair != nullptr);
    Bytes out(64);
    require(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), 32) == 32);
    require(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + 32, 32) == 32);
    return out;
}

}  // namespace

IssuerKey::IssuerKey(const std::string& kind, std::string kid) : kid_{std::move(kid)} {
    const std::size_t bits = kind == "RSA1024" ? 1'024 : 2'048;
    key_.reset(
        kind == "EC" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                     : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits),
        EVP_PKEY_free);
    require(key_ != nullptr);
}

std::string IssuerKey::algorithm() const {
    return EVP_PKEY_is_a(key_.get(), "RSA") == 1 ? "RS256" : "ES256";
}

Json IssuerKey::jwk() const {
    Json jwk{{"kid", kid_}, {"use", "sig"}, {"alg", algorithm()}};
    if (algorithm() == "RS256") {
        jwk["kty"] = "RSA";
        jwk["n"] = number(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
        jwk["e"] = number(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
    } else {
        jwk["kty"] = "EC";
        jwk["crv"] = "P-256";
        jwk["x"] = number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32);
        jwk["y"] = number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    }
    return jwk;
}

std::string IssuerKey::sign(const Json& claims) const {
    return sign(Json{{"alg", algorithm()}, {"kid", kid_}}, claims.dump());
}

std::string IssuerKey::sign(const Json& header, const std::string& payload) const {
    const std::string input = encode(header.dump()) + "." + encode(payload);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
        EVP_MD_CTX_new(), EVP_MD_CTX_free};
    const auto* const data = reinterpret_cast<const unsigned char*>(input.data());
    std::size_t size = 0;
    require(
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestSign(context.get(), nullptr, &size, data, input.size()) == 1);
    Bytes signature(size);
    require(EVP_DigestSign(context.get(), signature.data(), &size, data, input.size()) == 1);
    signature.resize(size);
    return input + "." + to_base64url(algorithm() == "ES256" ? raw_ecdsa(signature) : signature);
}

std::string jwks_of(const std::vector<const IssuerKey*>& keys) {
    Json list = Json::array();
    for (const auto* key : keys)
        list.push_back(key->jwk());
    return Json{{"keys", list}}.dump();
}

}  // namespace chela::test
