#pragma once

#include "policy/decide/decide.hpp"
#include "policy/effect/describe.hpp"

#include <span>

namespace chela::policy {

/// The assets that a document declares. Ownership: asks the policy, which outlives it.
[[nodiscard]] AssetNames asset_names(const Policy& policy);
/// Those of several: the first document that declares an asset names it. Ownership: as above.
[[nodiscard]] AssetNames asset_names(std::span<const BoundPolicy> policies);

}  // namespace chela::policy
