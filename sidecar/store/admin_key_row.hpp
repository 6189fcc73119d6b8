#pragma once

#include "chains/base/result.hpp"
#include "sidecar/store/session.hpp"

#include <string>
#include <vector>

namespace chela::sidecar::store {

/// "admin:<id>" of every key that was removed. Runs inside the caller's transaction.
[[nodiscard]] Result<std::vector<std::string>> removed_approvers(Session& session);

}  // namespace chela::sidecar::store
