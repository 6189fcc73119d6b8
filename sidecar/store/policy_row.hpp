#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/store/policy_cache.hpp"
#include "sidecar/store/records.hpp"
#include "sidecar/store/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::store {

// Each runs inside the caller's transaction.

[[nodiscard]] Result<std::optional<PolicyRecord>> active_policy(
    Session& session, const std::string& id);
[[nodiscard]] Result<std::optional<PolicyRecord>> find_policy(
    Session& session, const Hash256& digest);
/// By id and version.
[[nodiscard]] Result<std::vector<PolicyRecord>> select_policies(Session& session);
[[nodiscard]] Result<std::optional<std::string>> select_organization_policy(Session& session);

/// What holds for an agent. @return not_found: no such agent; internal: a document is damaged
[[nodiscard]] Result<policy::AgentRules> select_rules(
    Session& session, PolicyCache& cache, const std::string& agent_id);

/// And the intent remembers it.
void insert_decision(Session& session, const policy::DecisionEntry& decision);

}  // namespace chela::sidecar::store
