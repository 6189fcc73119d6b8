#pragma once

#include "chains/base/json.hpp"
#include "policy/rules/guardrails.hpp"
#include "sidecar/store/records.hpp"

#include <cstdint>

namespace chela::sidecar::api {

enum class AgentRequestKind : std::uint8_t { create, update };

/// Lays a CreateAgentRequest or UpdateAgentRequest over an agent; absent members keep their value.
/// The CLI builds the same object, so there is one reading of what an operator asks for.
/// @return invalid_input naming the member; unsupported: a member that chela understands but does
/// not do
[[nodiscard]] Status apply_agent_request(
    store::AgentRecord& agent,
    const Json& request,
    AgentRequestKind kind,
    const policy::ChainResolver& resolve);

}  // namespace chela::sidecar::api
