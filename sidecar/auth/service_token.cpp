#include "sidecar/auth/service_token.hpp"

#include "chains/base/json.hpp"
#include "sidecar/auth/claim_reader.hpp"
#include "sidecar/auth/compact_jws.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::auth {

namespace {

using std::chrono::seconds;

// aud, kubernetes.io and what stands below them.
constexpr std::size_t kDeepest = 8;

auto refuse(std::string detail, std::string reason) {
    return fail(ErrorCode::unauthenticated, std::move(detail), std::move(reason));
}

auto malformed(std::string detail) {
    return refuse(std::move(detail), "E_TOKEN_MALFORMED");
}

std::optional<TimePoint> time_of(ClaimReader& in, const char* name) {
    const auto number = in.number(name);
    if (number < 0 || number > kLastNumericDate) return std::nullopt;
    return TimePoint{seconds{number}};
}

/// Absent is nothing, and so is what is no time: `is_good` tells the two apart.
std::optional<TimePoint> optional_time(ClaimReader& in, const char* name, bool& is_good) {
    if (!in.has(name)) return std::nullopt;
    auto time = time_of(in, name);
    is_good = is_good && time.has_value();
    return time;
}

}  // namespace

Result<ServiceTokenHeader> parse_service_header(std::string_view json) {
    const auto header = parse_json(json, {.max_depth = 2});
    if (!header || !header->is_object()) return malformed("The token's header is malformed.");
    for (const auto& [name, value] : header->items()) {
        if (name != "alg" && name != "typ" && name != "kid")
            return malformed("The token's header has a parameter that is not understood.");
    }
    ClaimReader in{*header};
    const auto algorithm = parse_algorithm(in.text("alg"));
    if (!algorithm) return std::unexpected{algorithm.error()};
    ServiceTokenHeader read{*algorithm, in.text("kid")};
    const bool is_jwt = !in.has("typ") || in.text("typ") == "JWT";
    if (!in.is_good() || read.kid.empty() || !is_jwt)
        return malformed("The token's header has no kid, or is not that of a JWT.");
    return read;
}

Result<ServiceTokenClaims> parse_service_claims(std::string_view json) {
    const auto object = parse_json(json, {.max_depth = kDeepest});
    if (!object || !object->is_object()) return malformed("The token's claims are malformed.");
    ClaimReader in{*object};
    ServiceTokenClaims claims;
    claims.issuer = in.text("iss");
    claims.audiences = in.text_or_texts("aud");
    const auto subject = in.text("sub");
    const auto expires = time_of(in, "exp");
    bool are_times = expires.has_value();
    claims.not_before = optional_time(in, "nbf", are_times);
    claims.issued_at = optional_time(in, "iat", are_times);
    const Json kubernetes = in.object("kubernetes.io");
    ClaimReader inside{kubernetes};
    claims.account.name_space = inside.text("namespace");
    const Json account = inside.object("serviceaccount");
    ClaimReader named{account};
    claims.account.name = named.text("name");
    if (!in.is_good() || !inside.is_good() || !named.is_good() || !are_times)
        return malformed(
            "The token's claims are not those of a projected service-account token: iss, aud, "
            "exp, sub and kubernetes.io with namespace and serviceaccount.name.");
    claims.expires_at = *expires;
    if (subject !=
        fmt::format("system:serviceaccount:{}:{}", claims.account.name_space, claims.account.name))
        return malformed("The token's sub is not the service account that it names.");
    return claims;
}

Status check_service_claims(
    const ServiceTokenClaims& claims,
    std::string_view issuer,
    std::string_view audience,
    TimePoint now) {
    if (claims.issuer != issuer) return refuse("The token is of another issuer.", "E_TOKEN_ISSUER");
    if (std::ranges::find(claims.audiences, audience) == claims.audiences.end())
        return refuse(
            fmt::format(
                "The token is for another audience; project one for the audience {}.", audience),
            "E_TOKEN_AUDIENCE");
    if (claims.expires_at + kIssuerClockSkew <= now)
        return refuse("The token has expired.", "E_TOKEN_EXPIRED");
    for (const auto& begins : {claims.not_before, claims.issued_at}) {
        if (begins && *begins > now + kIssuerClockSkew)
            return refuse("The token is not valid yet.", "E_TOKEN_NOT_YET_VALID");
    }
    return {};
}

std::string claimed_issuer(std::string_view token) {
    const auto parts = split_jws(token);
    if (!parts) return {};
    const auto payload = decode_jws_part(parts->payload);
    if (!payload) return {};
    const auto claims = parse_json(*payload, {.max_depth = kDeepest});
    if (!claims || !claims->is_object()) return {};
    return ClaimReader{*claims}.text("iss");
}

}  // namespace chela::sidecar::auth
