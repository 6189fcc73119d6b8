#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace chela::policy::load {

/// [a-z0-9][a-z0-9-]{0,63}: how rules, budgets, sets and contracts are named.
[[nodiscard]] bool is_id(std::string_view text);

/// "90s", "5m", "24h", "7d"; at least a second and at most 3650 days.
/// @return invalid_input: what to write
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest text that parse_duration reads back; "1500ms" when it is not whole seconds.
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

/// "2027-01-01T00:00:00Z", whole seconds in UTC, of the years 1970 to 9999.
/// @return invalid_input: what to write
/// Source: RFC 3339, section 5.6.
[[nodiscard]] Result<TimePoint> parse_time(std::string_view text);
[[nodiscard]] std::string time_text(TimePoint time);

/// ASCII letters made capitals, and compared as if they were.
[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace chela::policy::load
