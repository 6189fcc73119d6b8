#include "sidecar/auth/known_callers.hpp"

namespace chela::sidecar::auth {

std::optional<Principal> KnownCallers::find(
    const Hash256& credential, std::int64_t mark, TimePoint now) const {
    if (mark_ != mark) return std::nullopt;
    const auto found = known_.find(credential);
    if (found == known_.end()) return std::nullopt;
    const auto& [principal, since] = found->second;
    // A clock that was set back may be before the time when a token begins.
    if (now < since || now >= principal.holds_until) return std::nullopt;
    return principal;
}

void KnownCallers::remember(
    const Hash256& credential, std::int64_t mark, const Principal& principal, TimePoint now) {
    if (mark_ != mark || known_.size() >= kMost) known_.clear();
    mark_ = mark;
    known_.insert_or_assign(credential, Known{principal, now});
}

}  // namespace chela::sidecar::auth
