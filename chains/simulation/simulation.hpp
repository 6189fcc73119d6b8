#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/node/requests.hpp"
#include "chains/simulation/state_diff.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::chains::simulation {

enum class Outcome : std::uint8_t { success, reverted, error };
enum class Provider : std::uint8_t { eth_simulate_v1, debug_trace_call, eth_call, tenderly };
/// How the block was named whose state a simulation ran on.
enum class Pinning : std::uint8_t {
    none,       ///< it is not known which block that was
    by_number,  ///< another block may have this number after a reorganisation
    by_hash
};
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::string_view to_string(Provider provider);
[[nodiscard]] std::string_view to_string(Pinning pinning);

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
    std::optional<StateDiff> state_diff;  ///< only where it was asked for and the node can
    Pinning pinning{Pinning::none};
    std::optional<BlockNumber> block_number;  ///< whose state it ran on
    std::optional<BlockHash> block_hash;      ///< set exactly when it was pinned by it
    std::string provider_url;                 ///< where people can look at it; empty: nowhere
    std::string provider_id;  ///< under which a service keeps the simulation; empty: it does not
};

/// What one account gained or lost of one asset, in base units (an ERC-721 token counts 1).
struct BalanceChange {
    Address account;
    std::optional<Address> token;  ///< empty: native
    bool is_increase{};
    U256 amount;
    /// Of an ERC-721 or ERC-1155 token: one id never makes up for another.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::optional<U256> token_id{};
};
/// Net changes by asset_changes(), ordered by account, token, then id; changes of zero are left
/// out, and so is the zero address of mints and burns. Nothing changes when the call did not
/// succeed.
/// @param top_level  the call itself: its value is the native move of a degraded result, which
/// reports none
/// @return out_of_range: the transfers of one token add up to more than 256 bits; as
/// asset_changes()
[[nodiscard]] Result<std::vector<BalanceChange>> balance_changes(
    const SimulationResult& result, const node::CallRequest* top_level = nullptr);

}  // namespace chela::chains::simulation
