#pragma once

#include "sidecar/authority/tokens.hpp"
#include "sidecar/store/records.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace chela::sidecar::authority {

/// An agent that an authority elsewhere knows, and how to act for it there.
struct Holding {
    std::shared_ptr<const ApiClient> client;
    std::shared_ptr<Tokens> tokens;
};

/// Whose key it is: the agent's id at its authority.
[[nodiscard]] std::string agent_of(const store::SigningKeyRecord& key);

/// All of them by the agent's id, as the configuration names them. Threads: any.
class Holdings {
public:
    void use(std::map<std::string, Holding> by_agent);
    /// @param key  of the agent, pinned to its authority
    /// @return unsupported E_AUTHORITY_UNKNOWN: no identity names this agent; denied
    /// E_AUTHORITY_CHANGED: one does, with another authority
    [[nodiscard]] Result<Holding> of(const store::SigningKeyRecord& key) const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, Holding> by_agent_;
};

}  // namespace chela::sidecar::authority
