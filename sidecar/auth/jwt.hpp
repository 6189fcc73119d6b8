#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::auth {

/// The documented claims of an agent token.
struct Claims {
    std::string subject;  ///< "agent:<uuid>"
    std::string org;
    std::vector<std::string> scopes;
    std::vector<std::string> vault_ids;
    TimePoint issued_at;   ///< whole seconds
    TimePoint expires_at;  ///< whole seconds
    std::string id;        ///< jti
    bool intents_api_enabled{};
    std::int64_t generation{};  ///< private claim "gen": the credential generation; a rotated key
                                ///< ends older tokens
};

/// An Ed25519 key pair that signs and verifies compact JWS with
/// {"alg":"EdDSA","typ":"JWT","kid":…}. Source: RFC 7519, RFC 8037.
class JwtKey {
public:
    /// PKCS#8 PEM from a 0600 file.
    [[nodiscard]] static Result<JwtKey> load(const std::filesystem::path& path);
    /// Writes a new key with mode 0600; an existing file is a conflict.
    [[nodiscard]] static Status create(const std::filesystem::path& path);
    JwtKey(JwtKey&&) noexcept;
    JwtKey& operator=(JwtKey&&) noexcept;
    ~JwtKey();

    [[nodiscard]] Result<std::string> sign(const Claims& claims) const;

    /// @return unauthenticated with reason E_TOKEN_MALFORMED, E_TOKEN_ALGORITHM, E_TOKEN_SIGNATURE,
    /// E_TOKEN_EXPIRED or
    ///         E_TOKEN_NOT_YET_VALID (issued more than 60 s ahead of `now`)
    [[nodiscard]] Result<Claims> verify(std::string_view token, TimePoint now) const;

    /// {"kty":"OKP","crv":"Ed25519","x":…,"kid":…,"alg":"EdDSA","use":"sig"}; kid is the RFC 7638
    /// thumbprint.
    [[nodiscard]] Json jwk() const;

private:
    struct Impl;
    explicit JwtKey(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace chela::sidecar::auth
