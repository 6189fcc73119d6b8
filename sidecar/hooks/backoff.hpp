#pragma once

#include "chains/base/units.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chela::sidecar::hooks {

inline constexpr std::chrono::hours kMaxDelay{1};
/// How long a receiver may fail before chela gives up on it.
inline constexpr std::chrono::hours kPatience{72};

/// How long to wait after a failure: anything from 1 s to a limit that starts at 5 s, doubles with
/// each failure and ends at kMaxDelay; no shorter than the receiver asked for, kMaxDelay at most.
/// @param failures     in a row, this one included
/// @param random       any number, evenly drawn
/// @param asked        what the receiver's Retry-After says
[[nodiscard]] std::chrono::milliseconds delay_after(
    std::uint64_t failures, std::uint64_t random, std::optional<std::chrono::seconds> asked);

/// Retry-After as seconds or as an IMF-fixdate; a date that is past is 0.
/// @return empty: anything else, or more than a day
/// Source: RFC 9110, 5.6.7 and 10.2.3.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(
    std::string_view text, TimePoint now);

}  // namespace chela::sidecar::hooks
