#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/records.hpp"

#include <string_view>

namespace chela::sidecar::auth {

/// May this agent act at `now`?
/// @return denied: deactivated or expired; the detail says which, for an operator (a caller without
/// credentials must not learn it)
[[nodiscard]] Status check_agent_stands(const store::AgentRecord& agent, TimePoint now);

/// Is `api_key` this agent's, and not expired at `now`? Compared in constant time.
/// @return unauthenticated: another key, or expired
[[nodiscard]] Status check_api_key(
    const store::AgentRecord& agent, std::string_view api_key, TimePoint now);

}  // namespace chela::sidecar::auth
