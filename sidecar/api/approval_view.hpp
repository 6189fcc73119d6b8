#pragma once

#include "chains/base/json.hpp"
#include "sidecar/api/approval_binding.hpp"
#include "sidecar/store/store.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::api {

/// Of whom the members speak that every approval has.
struct ApprovalFrame {
    std::string org_id;
    std::string first_admin;  ///< uuid of the oldest admin key
};
/// @return internal: there is no admin key
[[nodiscard]] Result<ApprovalFrame> approval_frame(store::Store& store);

/// A stable uuid of an approver: an admin key's own ("admin:<uuid>"), else one made of the
/// organisation and the name ("local:<uid>"). Source: RFC 9562, version 8.
[[nodiscard]] std::string approver_uuid(const std::string& org_id, std::string_view approver);

/// ApprovalResponse. `user_id` is who decided or, until somebody has, the oldest admin key: whom
/// chela asks first. `risk_tier` is how many people must agree, 3 at most. An approval whose time
/// is over shows as expired even before that is stored. chela's own members: `intent_id`, `quorum`
/// {of, minimum, approved_by}, `policy_digests`, `stale` (the agent's policies are others now).
[[nodiscard]] Json approval_view(
    const store::ApprovalRecord& approval,
    Binding binding,
    const ApprovalFrame& frame,
    TimePoint now);

/// What an approval speaks of: "transaction", or "intent" for any other signature.
[[nodiscard]] std::string_view target_type(const store::ApprovalRecord& approval);

}  // namespace chela::sidecar::api
