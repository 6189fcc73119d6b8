#pragma once

#include "chains/base/json.hpp"

namespace chela::test {

/// The example that EIP-712 prints, to change.
[[nodiscard]] Json mail();

}  // namespace chela::test
