#pragma once

#include "chains/base/units.hpp"
#include "sidecar/telemetry/log.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace chela::sidecar::log {

inline constexpr std::size_t kMaxStringCharacters = 1'000;

/// One log line without its newline; registered secrets are replaced before anything is cut or
/// escaped.
[[nodiscard]] std::string render_line(
    TimePoint time, Level level, std::string_view name, std::span<const Field> fields);

}  // namespace chela::sidecar::log
