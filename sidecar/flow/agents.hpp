#pragma once

#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/keyring.hpp"
#include "sidecar/store/store.hpp"
#include "signer/secret.hpp"

#include <functional>
#include <string>

namespace chela::sidecar::flow {

struct CreatedAgent {
    store::AgentRecord agent;
    signer::Secret api_key;  ///< shown once
};

/// What operators do with agents, whichever door they come through. Blocking and thread-safe.
class Agents {
public:
    Agents(store::Store& store, Keyring& keyring, const Clock& clock)
        : store_{store},
          keyring_{keyring},
          clock_{clock} {}

    /// Fills in id, API key, times and, when it may sign and names no key, a new key of its own in
    /// the token.
    /// @param draft  everything the operator chose
    /// @param actor  for the audit trail, "operator" or "admin:<id>"
    /// @return invalid_input E_POLICY_UNKNOWN: no such document is active
    [[nodiscard]] Result<CreatedAgent> create(store::AgentRecord draft, const std::string& actor);

    /// An agent that an authority elsewhere knows, under its id there and with its key there. Here
    /// it has an API key that nobody knows: it calls by its identity alone.
    /// @param key  what the authority says of it
    /// @return conflict E_AGENT_EXISTS; as create(), and as Keyring::pin
    [[nodiscard]] Result<store::AgentRecord> enlist(
        store::AgentRecord draft, const KeySource::Made& key, const std::string& actor);

    /// @param change  edits what an operator may choose; an agent that may sign gets a key if it
    /// has none
    /// @return as create()
    [[nodiscard]] Result<store::AgentRecord> update(
        const std::string& id,
        const std::string& actor,
        const std::function<Status(store::AgentRecord&)>& change);

    /// The old API key and every token exchanged for it end at once.
    [[nodiscard]] Result<signer::Secret> rotate_key(
        const std::string& id, const std::string& actor);
    [[nodiscard]] Status deactivate(const std::string& id, const std::string& actor);

private:
    Status check_policy(const store::AgentRecord& agent);
    Status give_key(store::AgentRecord& agent, const std::string& actor);

    store::Store& store_;
    Keyring& keyring_;
    const Clock& clock_;
};

}  // namespace chela::sidecar::flow
