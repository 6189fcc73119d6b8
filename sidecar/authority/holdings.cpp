#include "sidecar/authority/holdings.hpp"

#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::authority {

void Holdings::use(std::map<std::string, Holding> by_agent) {
    const std::lock_guard lock{mutex_};
    by_agent_ = std::move(by_agent);
}

std::string agent_of(const store::SigningKeyRecord& key) {
    return {key.token_id.begin(), key.token_id.end()};
}

Result<Holding> Holdings::of(const store::SigningKeyRecord& key) const {
    const auto agent_id = agent_of(key);
    const auto& origin = key.authority;
    const std::lock_guard lock{mutex_};
    const auto found = by_agent_.find(agent_id);
    if (found == by_agent_.end()) {
        return fail(
            ErrorCode::unsupported,
            fmt::format(
                "no identity in chela.yaml has the agent {} with the authority {}", agent_id,
                origin),
            "E_AUTHORITY_UNKNOWN");
    }
    if (found->second.client->origin() == origin) return found->second;
    return fail(
        ErrorCode::denied,
        fmt::format(
            "the key of agent {} is pinned to the authority {}, and chela.yaml names {}", agent_id,
            origin, found->second.client->origin()),
        "E_AUTHORITY_CHANGED");
}

}  // namespace chela::sidecar::authority
