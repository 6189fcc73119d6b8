#pragma once

#include <chrono>

namespace chela::sidecar::flow {

/// Until a node was silent for so long, it may be about to deny what another one shows.
inline constexpr std::chrono::minutes kGoneAfter{10};

}  // namespace chela::sidecar::flow
