#pragma once

#include "chains/base/bytes.hpp"

#include <string_view>

namespace chela::sidecar::auth {

/// Source: FIPS 180-4.
[[nodiscard]] Hash256 sha256(std::string_view data);

}  // namespace chela::sidecar::auth
