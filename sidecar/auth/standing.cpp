#include "sidecar/auth/standing.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/auth/api_key.hpp"

#include <fmt/format.h>

namespace chela::sidecar::auth {

Status check_agent_stands(const store::AgentRecord& agent, TimePoint now) {
    if (!agent.is_active)
        return fail(ErrorCode::denied, fmt::format("agent {} is deactivated", agent.id));
    if (agent.expires_at && *agent.expires_at <= now)
        return fail(
            ErrorCode::denied,
            fmt::format("agent {} expired at {}", agent.id, to_rfc3339(*agent.expires_at)));
    return {};
}

Status check_api_key(const store::AgentRecord& agent, std::string_view api_key, TimePoint now) {
    if (!equal(agent.api_key_hash, hash_api_key(api_key)))
        return fail(
            ErrorCode::unauthenticated, fmt::format("this is not the key of agent {}", agent.id));
    if (agent.api_key_expires_at && *agent.api_key_expires_at <= now)
        return fail(
            ErrorCode::unauthenticated, fmt::format(
                                            "the key of agent {} expired at {}", agent.id,
                                            to_rfc3339(*agent.api_key_expires_at)));
    return {};
}

}  // namespace chela::sidecar::auth
