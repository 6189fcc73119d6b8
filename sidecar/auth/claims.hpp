#pragma once

#include "sidecar/auth/jwt.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::auth {

/// The JWT claims set: sub, org, scopes, vault_ids, iat, exp, jti, intents_api_enabled, gen; times
/// in whole seconds.
/// @return invalid_input: a text that is not UTF-8, or times outside 1970 … 9999 or in the wrong
/// order Source: RFC 7519, 4.
[[nodiscard]] Result<std::string> claims_to_json(const Claims& claims);

/// Every claim must be there with its type; others are ignored.
/// @return unauthenticated E_TOKEN_MALFORMED
[[nodiscard]] Result<Claims> parse_claims(std::string_view json);

}  // namespace chela::sidecar::auth
