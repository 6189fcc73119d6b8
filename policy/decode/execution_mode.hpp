#pragma once

#include "policy/decode/carried_calls.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace chela::policy {

/// How an account reads executionData. Whether a call may fail (execution type 0x01) changes
/// nothing that it may do. Source: ERC-7579, "Execution Behavior"; ERC-7821, "Modes".
enum class ExecutionMode : std::uint8_t {
    single,            ///< 0x00: target, value and calldata, packed
    batch,             ///< 0x01: (address,uint256,bytes)[]
    batch_with_data,   ///< 0x01…78210001: the same, perhaps followed by opData
    batch_of_batches,  ///< 0x01…78210002: executionData of the mode above, each as bytes
    delegatecall       ///< 0xff: target and calldata, packed
};

/// @param mode  32 bytes
/// @return nothing: any other mode; the bytes that the standards leave open must be zero
[[nodiscard]] std::optional<ExecutionMode> parse_execution_mode(BytesView mode);

struct Execution {
    std::vector<CarriedCall> calls;
    std::optional<Address> delegate;  ///< whose code runs, instead of any calls
};

/// Strict, and with every layer canonical.
/// @param frame  the call of the account, whose address stands for a zero target under ERC-7821
/// @param at     where `data` begins in the root's bytes
/// @return nothing: not what the mode takes
/// Ownership: points into `data`.
[[nodiscard]] std::optional<Execution> parse_execution(
    ExecutionMode mode, const Frame& frame, BytesView data, std::size_t at);

}  // namespace chela::policy
