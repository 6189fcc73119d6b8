#pragma once

#include "policy/effect/effect.hpp"

#include <string>

namespace chela::policy {

/// The effect as one sentence for a person, amounts in base units: "transfer 5 of token 0x… from
/// 0x… to 0x…". Foreign text in it is made printable, and cut where it is long.
[[nodiscard]] std::string describe(const Effect& effect);

}  // namespace chela::policy
