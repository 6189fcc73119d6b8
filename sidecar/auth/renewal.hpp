#pragma once

#include "chains/base/units.hpp"

#include <chrono>

namespace chela::sidecar::auth {

/// When to renew: at 75 % of the life, less up to 10 % of it, so that many sidecars do not renew at
/// once.
/// @param jitter01  0 … 1
[[nodiscard]] TimePoint renew_at(TimePoint issued, TimePoint expires, double jitter01);

/// How long before its expiry a token is not handed out any more: 5 s, or 10 % of a life shorter
/// than 50 s.
[[nodiscard]] std::chrono::milliseconds validity_margin(std::chrono::milliseconds life);

/// The pause after the n-th failure in a row: 1 s, doubling up to 5 min.
/// @param attempt  1, 2, …
[[nodiscard]] std::chrono::milliseconds backoff(unsigned attempt);

}  // namespace chela::sidecar::auth
