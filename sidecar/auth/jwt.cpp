#include "sidecar/auth/jwt.hpp"

#include "sidecar/auth/base64url.hpp"
#include "sidecar/auth/claims.hpp"
#include "sidecar/auth/compact_jws.hpp"
#include "sidecar/auth/ed25519.hpp"
#include "sidecar/auth/sha256.hpp"
#include "sidecar/edge/private_file.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

namespace chela::sidecar::auth {

namespace {

constexpr std::chrono::seconds kClockSkew{60};

auto refuse(std::string detail, std::string reason) {
    return fail(ErrorCode::unauthenticated, std::move(detail), std::move(reason));
}

auto malformed(std::string detail) {
    return refuse(std::move(detail), "E_TOKEN_MALFORMED");
}

std::string encode(std::string_view text) {
    return to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// SHA-256 of the required members in order. Source: RFC 7638, 3; RFC 8037, 2.
std::string thumbprint(std::string_view x) {
    const std::string members = R"({"crv":"Ed25519","kty":"OKP","x":")" + std::string{x} + R"("})";
    return to_base64url(sha256(members).view());
}

bool is_text(const Json& object, const char* name, std::string_view expected) {
    const auto it = object.find(name);
    return it != object.end() && it->is_string() && it->get_ref<const std::string&>() == expected;
}

Status check_header(std::string_view encoded, std::string_view kid) {
    const auto text = decode_jws_part(encoded);
    if (!text) return std::unexpected{text.error()};
    const auto header = parse_json(*text, {.max_depth = 2});
    if (!header || !header->is_object()) return malformed("The token's header is malformed.");
    // The one algorithm is ours to choose, never the token's.
    if (!is_text(*header, "alg", "EdDSA")) {
        return refuse("The token's algorithm is not EdDSA.", "E_TOKEN_ALGORITHM");
    }
    if (!is_text(*header, "typ", "JWT")) return malformed("The token's type is not JWT.");
    for (const auto& [name, value] : header->items()) {
        if (name != "alg" && name != "typ" && name != "kid") {
            return malformed("The token's header has a parameter that is not understood.");
        }
    }
    if (header->contains("kid") && !is_text(*header, "kid", kid)) {
        return refuse("The token was signed by an unknown key.", "E_TOKEN_SIGNATURE");
    }
    return {};
}

}  // namespace

struct JwtKey::Impl {
    Ed25519Key key;
    std::string x;
    std::string kid;
};

JwtKey::JwtKey(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
JwtKey::JwtKey(JwtKey&&) noexcept = default;
JwtKey& JwtKey::operator=(JwtKey&&) noexcept = default;
JwtKey::~JwtKey() = default;

Result<JwtKey> JwtKey::load(const std::filesystem::path& path) {
    const auto pem = signer::read_secret_file(path);
    if (!pem) return std::unexpected{pem.error()};
    auto key = Ed25519Key::from_pem(pem->reveal());
    if (!key) {
        return fail(
            ErrorCode::invalid_input, path.string() + " is " + key.error().detail, "E_JWT_KEY");
    }
    std::string x = to_base64url(key->public_key());
    std::string kid = thumbprint(x);
    return JwtKey{std::make_unique<Impl>(std::move(*key), std::move(x), std::move(kid))};
}

Status JwtKey::create(const std::filesystem::path& path) {
    return write_new_private_file(path, Ed25519Key::generate().to_pem().reveal());
}

Result<std::string> JwtKey::sign(const Claims& claims) const {
    const auto payload = claims_to_json(claims);
    if (!payload) return std::unexpected{payload.error()};
    const Json header{{"alg", "EdDSA"}, {"typ", "JWT"}, {"kid", impl_->kid}};
    std::string token = encode(header.dump()) + "." + encode(*payload);
    token += "." + to_base64url(impl_->key.sign(token));
    if (token.size() > kMaxTokenBytes) {
        return fail(ErrorCode::too_large, "the token would be longer than 8 KiB");
    }
    return token;
}

Result<Claims> JwtKey::verify(std::string_view token, TimePoint now) const {
    const auto parts = split_jws(token);
    if (!parts) return std::unexpected{parts.error()};
    if (auto good = check_header(parts->header, impl_->kid); !good) {
        return std::unexpected{good.error()};
    }
    const auto signature = parse_base64url(parts->signature);
    if (!signature) return malformed("A part of the token is not base64url.");
    if (!impl_->key.is_signed(parts->signing_input, *signature)) {
        return refuse("The token's signature is wrong.", "E_TOKEN_SIGNATURE");
    }
    const auto payload = decode_jws_part(parts->payload);
    if (!payload) return std::unexpected{payload.error()};
    auto claims = parse_claims(*payload);
    if (!claims) return claims;
    if (claims->expires_at <= now) return refuse("The token has expired.", "E_TOKEN_EXPIRED");
    if (claims->issued_at > now + kClockSkew) {
        return refuse("The token was issued in the future.", "E_TOKEN_NOT_YET_VALID");
    }
    return claims;
}

Json JwtKey::jwk() const {
    return Json{{"kty", "OKP"},      {"crv", "Ed25519"}, {"x", impl_->x},
                {"kid", impl_->kid}, {"alg", "EdDSA"},   {"use", "sig"}};
}

}  // namespace chela::sidecar::auth
