#pragma once

#include "sidecar/auth/authority.hpp"

#include <chrono>

namespace chela::sidecar::auth {

/// The two clocks, read together.
struct Moment {
    TimePoint wall;
    std::chrono::steady_clock::time_point monotonic;
};

/// A token with the moment it came. Its age counts by both clocks, and the worse of them decides:
/// the wall clock may be set, the monotonic one stands still while the machine sleeps.
class HeldToken {
public:
    /// @param jitter01  0 … 1, see renew_at()
    HeldToken(AccessToken token, Moment received, double jitter01);
    HeldToken(HeldToken&&) noexcept = default;
    HeldToken& operator=(HeldToken&&) noexcept = default;
    /// Wipes the token.
    ~HeldToken();

    /// May it be handed out: validity_margin() or more is left, and the wall clock was not set back
    /// by over a minute (the verifier would take the token for one from the future)?
    [[nodiscard]] bool is_usable(Moment now) const;
    [[nodiscard]] TimePoint renewal() const { return renewal_; }
    [[nodiscard]] const AccessToken& access() const { return token_; }

private:
    AccessToken token_;
    Moment received_;
    TimePoint renewal_;
};

}  // namespace chela::sidecar::auth
