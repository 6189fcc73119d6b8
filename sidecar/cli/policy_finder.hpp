#pragma once

#include "sidecar/cli/policy_commands.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace chela::sidecar::cli {

/// Where the policies of a decision are found by their digest: in files, in the store, or made
/// again of guardrails that an agent has or had.
class PolicyFinder {
public:
    /// @param store  may be null: only files. Outlives this.
    /// @return as read_policy_file()
    [[nodiscard]] static Result<PolicyFinder> make(
        const std::vector<std::string>& files, store::Store* store);

    /// @return not_found E_POLICY_UNKNOWN; as the store and load_canonical()
    [[nodiscard]] Result<std::shared_ptr<const policy::Policy>> find(const Hash256& digest) const;

private:
    explicit PolicyFinder(store::Store* store) : store_{store} {}
    [[nodiscard]] Result<std::shared_ptr<const policy::Policy>> find_guardrails(
        const Hash256& digest) const;

    std::map<Hash256, std::shared_ptr<const policy::Policy>> of_files_;
    store::Store* store_;
};

}  // namespace chela::sidecar::cli
