#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/node/requests.hpp"
#include "chains/simulation/block.hpp"
#include "chains/simulation/simulation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace chela::chains::simulation {

// The methods of a node that simulate: what they are asked, and what they answer. Which block a
// result ran on is noted by the caller, with pin().

/// Parameters of `eth_simulateV1` for calls that run one after another in one block (traceTransfers
/// on, validation off).
[[nodiscard]] Json simulate_v1_parameters(
    std::span<const node::CallRequest> calls, const PinnedBlock& block);
/// @return one result a call; bad_response otherwise, also where the answer says that it builds on
/// another block. Decides on `status`; error codes differ by client and are ignored.
[[nodiscard]] Result<std::vector<SimulationResult>> read_simulate_v1(
    const Json& result, std::size_t calls, const PinnedBlock& block);

/// Parameters of `debug_traceCall` with callTracer and logs.
[[nodiscard]] Json trace_call_parameters(const node::CallRequest& call, const PinnedBlock& block);
[[nodiscard]] Result<SimulationResult> read_trace_call(const Json& result);

/// Parameters of `debug_traceCall` with prestateTracer in diffMode; read_state_diff() reads the
/// answer.
[[nodiscard]] Json state_diff_parameters(const node::CallRequest& call, const PinnedBlock& block);

/// eth_call: a result is success; an error object with code 3 or a text naming a revert is
/// reverted; other errors are `error`. Also the parameters of eth_estimateGas.
[[nodiscard]] Json call_parameters(const node::CallRequest& call, const PinnedBlock& block);
[[nodiscard]] SimulationResult read_call_result(const Json& result);
[[nodiscard]] SimulationResult read_call_error(
    std::int64_t code, std::string_view message, std::string_view data_json);

/// Was the method refused as unknown or disabled (so that the next provider is asked), rather than
/// run? Source: JSON-RPC 2.0 -32601; EIP-1474 -32004; texts of clients.
[[nodiscard]] bool is_method_missing(std::int64_t code, std::string_view message);

}  // namespace chela::chains::simulation
