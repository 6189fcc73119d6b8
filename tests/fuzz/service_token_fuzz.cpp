#include "chains/base/result.hpp"
#include "sidecar/auth/jwks.hpp"
#include "sidecar/auth/peer_name.hpp"
#include "sidecar/auth/service_token.hpp"

#include <cstdint>
#include <string_view>

using namespace chela;
using namespace chela::sidecar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void check_claims(const auth::ServiceTokenClaims& claims) {
    const auto begins = claims.not_before.value_or(claims.expires_at);
    for (const TimePoint now : {TimePoint{}, begins, claims.expires_at + std::chrono::hours{1}}) {
        const auto ok = auth::check_service_claims(claims, "https://issuer", "chela", now);
        if (ok && now >= claims.expires_at + auth::kIssuerClockSkew) bug("an expired token passes");
        if (ok && claims.issuer != "https://issuer") bug("a token of another issuer passes");
    }
}

}  // namespace

/// The same bytes as a key set, as a token's header and claims, as a whole token and as names: no
/// input may crash, and nothing comes out that the rules do not allow.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto keys = auth::parse_jwks(text)) {
        if (keys->empty()) bug("a key set without keys");
        for (const auto& [kid, key] : *keys) {
            if (kid.empty()) bug("a key without kid");
            if (key->is_signed("message", {data, size})) bug("a signature that nobody made");
        }
    } else if (keys.error().reason != "E_JWKS") {
        bug("another reason than the documented one");
    }
    if (const auto header = auth::parse_service_header(text)) {
        if (header->kid.empty()) bug("a header without kid");
    }
    if (const auto claims = auth::parse_service_claims(text)) check_claims(*claims);
    static_cast<void>(auth::claimed_issuer(text));
    if (auth::check_spiffe_id(text) &&
        (text.ends_with("/..") || text.ends_with('/') || text.size() > 2'048))
        bug("a SPIFFE ID with an odd end");
    if (auth::check_dns_name(text) && text.find('*') != std::string_view::npos)
        bug("a DNS name that is a pattern");
    return 0;
}
