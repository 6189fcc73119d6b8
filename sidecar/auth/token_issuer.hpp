#pragma once

#include "sidecar/auth/authority.hpp"
#include "sidecar/auth/jwt.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/store/store.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace chela::sidecar::auth {

/// Exchanges API keys for JWTs and tells whether a JWT or key still stands: what an authority is
/// made of. Blocking (it asks the store); thread-safe.
class TokenIssuer {
public:
    TokenIssuer(
        store::Store& store,
        const JwtKey& key,
        const Clock& clock,
        std::chrono::seconds default_ttl)
        : store_{store},
          key_{key},
          clock_{clock},
          default_ttl_{default_ttl} {}

    /// @param agent_id  empty: found by the key alone
    /// @return unauthenticated E_API_KEY for every reason alike
    [[nodiscard]] Result<AccessToken> exchange(
        const std::string& agent_id, std::string_view api_key);

    /// @return unauthenticated: as JwtKey::verify, also E_TOKEN_REVOKED (key rotated, agent
    /// inactive, expired or gone)
    [[nodiscard]] Result<Principal> verify_token(std::string_view token);
    [[nodiscard]] Result<Principal> verify_agent_key(std::string_view api_key);
    /// The agent itself, of which somebody else has shown that it is calling.
    /// @return denied E_AGENT_UNKNOWN: there is none here; unauthenticated E_TOKEN_REVOKED: it is
    /// inactive or expired
    [[nodiscard]] Result<Principal> standing_agent(const std::string& agent_id);
    [[nodiscard]] Result<Principal> verify_admin_key(std::string_view api_key);

    /// As Store::change_mark(): what was verified since it was what it is now still stands.
    [[nodiscard]] std::optional<std::int64_t> change_mark() { return store_.change_mark(); }
    /// By the clock that tokens are judged by.
    [[nodiscard]] TimePoint now() const { return clock_.now(); }

private:
    Result<store::AgentRecord> agent_by_key(const std::string& agent_id, std::string_view api_key);

    store::Store& store_;
    const JwtKey& key_;
    const Clock& clock_;
    std::chrono::seconds default_ttl_;
};

/// The authority inside this process: the same exchange that POST /v1/auth/agent-token serves.
class EmbeddedAuthority final : public Authority {
public:
    EmbeddedAuthority(TokenIssuer& issuer, boost::asio::thread_pool& store_pool)
        : issuer_{issuer},
          store_pool_{store_pool} {}
    [[nodiscard]] boost::asio::awaitable<Result<AccessToken>> exchange(
        std::string agent_id,
        std::shared_ptr<const signer::Secret> api_key,
        Deadline deadline) override;

private:
    TokenIssuer& issuer_;
    boost::asio::thread_pool& store_pool_;
};

}  // namespace chela::sidecar::auth
