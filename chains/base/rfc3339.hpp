#pragma once

#include "chains/base/units.hpp"

#include <string>
#include <string_view>

namespace chela {

/// "2026-01-31T12:00:00.000Z". Source: RFC 3339.
[[nodiscard]] std::string to_rfc3339(TimePoint time);
/// UTC offsets accepted; fractions beyond milliseconds are cut. @return invalid_input
[[nodiscard]] Result<TimePoint> parse_rfc3339(std::string_view text);

}  // namespace chela
