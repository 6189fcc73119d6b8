#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chela::sidecar::log {

inline constexpr std::size_t kMinSecretLength = 8;
inline constexpr std::string_view kRedacted = "[redacted]";

/// @return `text` with every value given to redact() replaced by kRedacted. Threads: any.
[[nodiscard]] std::string redacted(std::string_view text);

}  // namespace chela::sidecar::log
