#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/node/requests.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chela::chains::simulation {

enum class Outcome : std::uint8_t { success, reverted, error };
enum class Provider : std::uint8_t { eth_simulate_v1, debug_trace_call, eth_call };
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::string_view to_string(Provider provider);

struct Log {
    Address address;
    std::vector<Hash256> topics;
    Bytes data;
};

/// Native value that moved during execution (top level and inner calls).
struct NativeMove {
    Address from;
    Address to;
    Wei amount;
};

/// One internal result whichever method gave it.
struct SimulationResult {
    Outcome outcome{Outcome::error};
    Provider provider{Provider::eth_call};
    bool degraded{};    ///< eth_call: no logs, no moves
    Gas gas_used;       ///< 0 when the method does not tell
    Bytes return_data;  ///< revert bytes when reverted
    std::string
        error;  ///< the node's words, cut to 300 characters and stripped of control characters
    std::vector<Log>
        logs;  ///< of contracts; value-transfer pseudo logs are in native_moves instead
    std::vector<NativeMove> native_moves;
};

/// Parameters of `eth_simulateV1` for calls that run one after another in one block (traceTransfers
/// on, validation off).
[[nodiscard]] Json simulate_v1_parameters(std::span<const node::CallRequest> calls);
/// @return one result a call; bad_response otherwise. Decides on `status`; error codes differ by
/// client and are ignored.
[[nodiscard]] Result<std::vector<SimulationResult>> read_simulate_v1(
    const Json& result, std::size_t calls);

/// Parameters of `debug_traceCall` with callTracer and logs.
[[nodiscard]] Json trace_call_parameters(const node::CallRequest& call);
[[nodiscard]] Result<SimulationResult> read_trace_call(const Json& result);

/// eth_call: a result is success; an error object with code 3 or a text naming a revert is
/// reverted; other errors are `error`.
[[nodiscard]] Json call_parameters(const node::CallRequest& call);
[[nodiscard]] SimulationResult read_call_result(const Json& result);
[[nodiscard]] SimulationResult read_call_error(
    std::int64_t code, std::string_view message, std::string_view data_json);

/// Was the method refused as unknown or disabled (so that the next provider is asked), rather than
/// run? Source: JSON-RPC 2.0 -32601; EIP-1474 -32004; texts of clients.
[[nodiscard]] bool is_method_missing(std::int64_t code, std::string_view message);

/// What one account gained or lost of one asset, in base units (an ERC-721 token counts 1).
struct BalanceChange {
    Address account;
    std::optional<Address> token;  ///< empty: native
    bool is_increase{};
    U256 amount;
};
/// Net changes by ERC-20/721 Transfer logs and native moves, ordered by account, then token;
/// changes of zero are left out, and so is the zero address of mints and burns. Nothing changes
/// when the call did not succeed.
/// @param top_level  the call itself: its value is the native move of a degraded result, which
/// reports none
/// @return out_of_range: the transfers of one token add up to more than 256 bits
[[nodiscard]] Result<std::vector<BalanceChange>> balance_changes(
    const SimulationResult& result, const node::CallRequest* top_level = nullptr);

}  // namespace chela::chains::simulation
