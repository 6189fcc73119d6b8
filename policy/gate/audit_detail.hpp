#pragma once

#include "policy/gate/gate.hpp"

#include <string>
#include <string_view>

namespace chela::policy {

/// The JSON object that an audit entry of a decision carries: what was asked, its effects in words,
/// the codes of all violations, and the decision's id with the Keccak-256 of its record, so
/// that the record cannot be changed unseen.
[[nodiscard]] std::string audit_detail(
    const GateRequest& request,
    const chains::Preimage& preimage,
    const EffectTree& tree,
    const Decision& decision,
    std::string_view record);
/// Of a request that could not be judged: the code and the sentence of the error.
[[nodiscard]] std::string audit_detail(const GateRequest& request, const Error& error);

}  // namespace chela::policy
