#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "sidecar/edge/blocking.hpp"
#include "signer/secret.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::auth {

/// What an exchange of an API key gives.
struct AccessToken {
    std::string token;  ///< the JWT; a secret
    std::string agent_id;
    std::vector<std::string> vault_ids;
    TimePoint issued_at;
    TimePoint expires_at;
};

/// Knows agents and their secrets and issues JWTs. Embedded today; a remote one comes behind the
/// same interface.
class Authority {
public:
    virtual ~Authority() = default;
    /// @param agent_id  empty: found by the key alone
    /// @return unauthenticated E_API_KEY: unknown, wrong, expired or of an inactive agent (one
    /// answer for all of them);
    ///         unavailable, timed_out
    [[nodiscard]] virtual boost::asio::awaitable<Result<AccessToken>> exchange(
        std::string agent_id, std::shared_ptr<const signer::Secret> api_key, Deadline deadline) = 0;
};

}  // namespace chela::sidecar::auth
