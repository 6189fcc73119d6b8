#pragma once

#include "sidecar/rpc/door.hpp"

#include <string_view>

namespace chela::sidecar::rpc {

using Method = Answer (*)(Caller, Call);

/// @return nullptr: it is not served
[[nodiscard]] Method find_method(std::string_view name);
/// Does it end in a signature, or in one that takes effect?
[[nodiscard]] bool signs(std::string_view name);

}  // namespace chela::sidecar::rpc
