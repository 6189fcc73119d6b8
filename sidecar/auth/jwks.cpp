#include "sidecar/auth/jwks.hpp"

#include "chains/base/json.hpp"
#include "sidecar/auth/base64url.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace chela::sidecar::auth {

namespace {

constexpr std::size_t kMaxKeys = 64;
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kLeastModulusBytes = 256;
constexpr std::size_t kMostModulusBytes = 1'024;
constexpr std::size_t kMostExponentBytes = 4;

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
using PKey = std::unique_ptr<EVP_PKEY, Free>;
using Number = std::unique_ptr<BIGNUM, Free>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free>;

template <class T>
T* made(T* object) {
    if (object == nullptr) bug("out of memory in OpenSSL");
    return object;
}

Number number_of(BytesView bytes) {
    return Number{made(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr))};
}

/// r and s as DER. Source: RFC 7518, 3.4; RFC 3279, 2.2.3. @return empty: not 64 bytes
Bytes der_of(BytesView signature) {
    if (signature.size() != 2 * kCoordinateBytes) return {};
    const std::unique_ptr<ECDSA_SIG, Free> pair{made(ECDSA_SIG_new())};
    Number r = number_of(signature.first(kCoordinateBytes));
    Number s = number_of(signature.subspan(kCoordinateBytes));
    if (ECDSA_SIG_set0(pair.get(), r.release(), s.release()) != 1) bug("ECDSA_SIG_set0 failed");
    const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
    if (size <= 0) return {};
    Bytes der(static_cast<std::size_t>(size));
    std::uint8_t* out = der.data();
    i2d_ECDSA_SIG(pair.get(), &out);
    return der;
}

class OpenSslKey final : public VerificationKey {
public:
    OpenSslKey(PKey key, JwsAlgorithm algorithm) : key_{std::move(key)}, algorithm_{algorithm} {}
    [[nodiscard]] JwsAlgorithm algorithm() const override { return algorithm_; }

    [[nodiscard]] bool is_signed(std::string_view message, BytesView signature) const override {
        if (algorithm_ == JwsAlgorithm::es256) {
            const Bytes der = der_of(signature);
            return !der.empty() && verify(message, der);
        }
        return verify(message, signature);
    }

private:
    [[nodiscard]] bool verify(std::string_view message, BytesView signature) const {
        const std::unique_ptr<EVP_MD_CTX, Free> context{made(EVP_MD_CTX_new())};
        const bool is_good =
            EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
            EVP_DigestVerify(
                context.get(), signature.data(), signature.size(),
                reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
        ERR_clear_error();
        return is_good;
    }

    PKey key_;
    JwsAlgorithm algorithm_;
};

auto refuse(std::string_view what) {
    return fail(ErrorCode::bad_response, fmt::format("the key set {}", what), "E_JWKS");
}

/// @return null: OpenSSL does not take it for a public key
PKey public_key(const char* type, Builder parameters) {
    const std::unique_ptr<OSSL_PARAM, Free> built{made(OSSL_PARAM_BLD_to_param(parameters.get()))};
    const std::unique_ptr<EVP_PKEY_CTX, Free> context{
        made(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr))};
    EVP_PKEY* raw = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, built.get()) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    PKey key{raw};
    const std::unique_ptr<EVP_PKEY_CTX, Free> check{
        made(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr))};
    const bool is_good = EVP_PKEY_public_check(check.get()) == 1;
    ERR_clear_error();
    return is_good ? std::move(key) : nullptr;
}

/// "": not there, or not a text.
std::string text_of(const Json& jwk, const char* name) {
    const auto it = jwk.find(name);
    return it != jwk.end() && it->is_string() ? it->get<std::string>() : std::string{};
}

/// Base64url of a number in as few bytes as it needs. @return empty: it is not
Bytes unsigned_of(const Json& jwk, const char* name) {
    auto bytes = parse_base64url(text_of(jwk, name));
    if (!bytes || bytes->empty() || bytes->front() == 0) return {};
    return *std::move(bytes);
}

PKey rsa_key(const Json& jwk) {
    const Bytes modulus = unsigned_of(jwk, "n");
    const Bytes exponent = unsigned_of(jwk, "e");
    // An exponent of 1 leaves the message as it is.
    const bool is_sane = modulus.size() >= kLeastModulusBytes &&
                         modulus.size() <= kMostModulusBytes && !exponent.empty() &&
                         exponent.size() <= kMostExponentBytes && (exponent.back() & 1U) == 1 &&
                         (exponent.size() > 1 || exponent.front() > 1);
    if (!is_sane) return nullptr;
    const Number n = number_of(modulus);
    const Number e = number_of(exponent);
    Builder builder{made(OSSL_PARAM_BLD_new())};
    if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        bug("out of memory in OpenSSL");
    return public_key("RSA", std::move(builder));
}

PKey p256_key(const Json& jwk) {
    const auto x = parse_base64url(text_of(jwk, "x"));
    const auto y = parse_base64url(text_of(jwk, "y"));
    if (!x || !y || x->size() != kCoordinateBytes || y->size() != kCoordinateBytes) return nullptr;
    Bytes point{0x04};  // uncompressed; SEC 1, 2.3.3
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    Builder builder{made(OSSL_PARAM_BLD_new())};
    if (OSSL_PARAM_BLD_push_utf8_string(
            builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(
            builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        bug("out of memory in OpenSSL");
    return public_key("EC", std::move(builder));
}

/// The algorithm that a key of this type could serve. @return nothing: none that is understood
std::optional<JwsAlgorithm> algorithm_of(const Json& jwk) {
    const auto type = text_of(jwk, "kty");
    if (type == "RSA") return JwsAlgorithm::rs256;
    if (type == "EC" && text_of(jwk, "crv") == "P-256") return JwsAlgorithm::es256;
    return std::nullopt;
}

bool is_for_signatures(const Json& jwk, JwsAlgorithm algorithm) {
    const std::string_view name = algorithm == JwsAlgorithm::rs256 ? "RS256" : "ES256";
    if (jwk.contains("use") && text_of(jwk, "use") != "sig") return false;
    if (jwk.contains("alg") && text_of(jwk, "alg") != name) return false;
    const auto operations = jwk.find("key_ops");
    return operations == jwk.end() ||
           (operations->is_array() &&
            std::ranges::find(*operations, "verify") != operations->end());
}

Status add_key(Jwks& keys, const Json& jwk) {
    if (!jwk.is_object() || text_of(jwk, "kty").empty()) return refuse("has an entry without kty");
    constexpr std::array kPrivate{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    if (std::ranges::any_of(kPrivate, [&jwk](const char* name) { return jwk.contains(name); }))
        return refuse("has a private or symmetric key in it; whoever wrote it must replace that");
    const auto algorithm = algorithm_of(jwk);
    if (!algorithm || !is_for_signatures(jwk, *algorithm)) return {};
    const auto kid = text_of(jwk, "kid");
    if (kid.empty()) return refuse("has a key without kid");
    PKey key = *algorithm == JwsAlgorithm::rs256 ? rsa_key(jwk) : p256_key(jwk);
    if (!key)
        return refuse(
            "has a key that is malformed or too weak (RSA takes 2048 to 8192 bits, EC a point of "
            "P-256)");
    const bool is_new =
        keys.emplace(kid, std::make_shared<OpenSslKey>(std::move(key), *algorithm)).second;
    return is_new ? Status{} : refuse("has the same kid twice");
}

}  // namespace

Result<JwsAlgorithm> parse_algorithm(std::string_view text) {
    if (text == "RS256") return JwsAlgorithm::rs256;
    if (text == "ES256") return JwsAlgorithm::es256;
    return fail(
        ErrorCode::unauthenticated, "The token's algorithm is neither RS256 nor ES256.",
        "E_TOKEN_ALGORITHM");
}

Result<Jwks> parse_jwks(std::string_view json) {
    if (json.size() > kMaxJwksBytes) return refuse("is over 64 KiB");
    const auto object = parse_json(json, {.max_depth = 6});
    if (!object) return refuse("is not JSON: " + object.error().detail);
    const auto list = object->is_object() ? object->find("keys") : object->end();
    if (!object->is_object() || list == object->end() || !list->is_array())
        return refuse("is not an object with a list of keys");
    if (list->size() > kMaxKeys) return refuse("has over 64 keys");
    Jwks keys;
    for (const Json& jwk : *list)
        if (auto ok = add_key(keys, jwk); !ok) return std::unexpected{ok.error()};
    if (keys.empty()) return refuse("has no key for RS256 or ES256");
    return keys;
}

}  // namespace chela::sidecar::auth
