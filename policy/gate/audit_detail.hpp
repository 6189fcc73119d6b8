#pragma once

#include "chains/preimage/preimage.hpp"
#include "policy/gate/gate.hpp"

#include <span>
#include <string>

namespace chela::policy {

/// The JSON object that an audit entry of a decision carries: the transaction, its preimage hash,
/// its effects in words, the simulation id, and the codes of all violations (none when approved).
[[nodiscard]] std::string audit_detail(
    const GateRequest& request,
    const chains::Preimage& preimage,
    std::span<const Effect> effects,
    const Decision& decision);

}  // namespace chela::policy
