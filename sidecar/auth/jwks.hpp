#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace chela::sidecar::auth {

/// The signatures that are understood. Source: RFC 7518, 3.1.
enum class JwsAlgorithm : std::uint8_t { rs256, es256 };

/// "RS256" and "ES256". @return unauthenticated E_TOKEN_ALGORITHM: another one, "none" for example
[[nodiscard]] Result<JwsAlgorithm> parse_algorithm(std::string_view text);

/// Somebody's public key, good for one algorithm. Threads: any.
class VerificationKey {
public:
    virtual ~VerificationKey() = default;
    [[nodiscard]] virtual JwsAlgorithm algorithm() const = 0;
    /// @param signature  as a JWS has it: of ES256 r and s, 32 bytes each
    [[nodiscard]] virtual bool is_signed(std::string_view message, BytesView signature) const = 0;
};

/// The keys of a JSON Web Key Set that sign with RS256 (RSA of 2,048 to 8,192 bits) or ES256
/// (P-256), by their kid. Keys of other types, and those for other uses, are passed over.
using Jwks = std::map<std::string, std::shared_ptr<const VerificationKey>, std::less<>>;

inline constexpr std::size_t kMaxJwksBytes = std::size_t{64} * 1024;

/// @return bad_response E_JWKS, with what is wrong: over 64 KiB or 64 keys, not such a set, a key
/// that is malformed or without kid, a kid twice, a private key in it, or no key that could be used
/// Source: RFC 7517, 4 and 5; RFC 7518, 6.2 and 6.3.
[[nodiscard]] Result<Jwks> parse_jwks(std::string_view json);

}  // namespace chela::sidecar::auth
