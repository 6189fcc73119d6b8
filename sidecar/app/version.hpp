#pragma once

#include <string_view>

namespace chela::sidecar::app {

inline constexpr std::string_view kVersion = CHELA_VERSION;

}  // namespace chela::sidecar::app
