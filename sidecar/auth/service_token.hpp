#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "sidecar/auth/jwks.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::auth {

/// A Kubernetes service account of the cluster that issues the tokens.
struct ServiceAccount {
    std::string name_space;
    std::string name;
    auto operator<=>(const ServiceAccount&) const = default;
};

/// What the header of such a token says: how it is signed, and by which key.
struct ServiceTokenHeader {
    JwsAlgorithm algorithm{};
    std::string kid;
};

/// The claims of a projected service-account token that are looked at.
struct ServiceTokenClaims {
    std::string issuer;
    std::vector<std::string> audiences;
    TimePoint expires_at;
    std::optional<TimePoint> not_before;
    std::optional<TimePoint> issued_at;
    ServiceAccount account;
};

/// How far the issuer's clock may be off.
inline constexpr std::chrono::seconds kIssuerClockSkew{10};

/// @param json  alg, kid and, at will, typ "JWT"; nothing else is permitted: no key that the token
/// itself brings, nothing critical
/// @return unauthenticated E_TOKEN_MALFORMED, E_TOKEN_ALGORITHM
/// Source: RFC 7515, 4.1; RFC 8725, 3.1.
[[nodiscard]] Result<ServiceTokenHeader> parse_service_header(std::string_view json);

/// iss, aud, exp, sub and "kubernetes.io" with namespace and serviceaccount.name must be there; sub
/// must name the same account.
/// @return unauthenticated E_TOKEN_MALFORMED
/// Source: RFC 7519, 4; Kubernetes, "Managing Service Accounts", "Bound service account tokens".
[[nodiscard]] Result<ServiceTokenClaims> parse_service_claims(std::string_view json);

/// @return unauthenticated E_TOKEN_ISSUER, E_TOKEN_AUDIENCE, E_TOKEN_EXPIRED,
/// E_TOKEN_NOT_YET_VALID
[[nodiscard]] Status check_service_claims(
    const ServiceTokenClaims& claims,
    std::string_view issuer,
    std::string_view audience,
    TimePoint now);

/// Who issued this, as it says itself: nothing is verified. "" where it does not say.
[[nodiscard]] std::string claimed_issuer(std::string_view token);

}  // namespace chela::sidecar::auth
