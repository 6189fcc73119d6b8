#pragma once

#include "policy/decode/swap_sequence.hpp"
#include "policy/decode/uniswap_v3_steps.hpp"

#include <cstdint>

namespace chela::policy {

/// One command of the Universal Router: V3 and V2 swaps, Permit2, wrapping and payments. Any other
/// (V4, sub-plans, markets), and one that may fail while others rest on it, is uncertain.
/// @param command  with its flag 0x80, "may fail"
/// @param input    decoded strictly; malformed: not canonical
/// Source: Uniswap universal-router, Commands.sol and Dispatcher.sol, v1.2 to v2.0.
[[nodiscard]] StepOutcome run_router_command(
    SwapSequence& sequence, std::uint8_t command, BytesView input, const Expiry& deadline);

}  // namespace chela::policy
