#pragma once

#include "sidecar/store/store.hpp"

#include <cstdint>
#include <string>

namespace chela::sidecar::api {

/// Are the agent's policies still those that people were asked about?
enum class Binding : std::uint8_t { current, stale };

/// Stale: they changed before it was decided, or before what was approved is signed. One that is
/// over (rejected, expired, used) is current: nothing hangs on it. Blocking.
/// @return as the store
[[nodiscard]] Result<Binding> binding_of(
    store::Store& store, const store::ApprovalRecord& approval);

/// ApprovalStore::vote, but no yes to what would not be signed anyway. Blocking.
/// @return also conflict E_APPROVAL_STALE: nothing is recorded
[[nodiscard]] Result<store::ApprovalRecord> cast_vote(
    store::Store& store,
    const std::string& id,
    const std::string& approver,
    store::Vote vote,
    const std::string& reason,
    TimePoint now);

}  // namespace chela::sidecar::api
