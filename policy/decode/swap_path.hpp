#pragma once

#include "chains/abi/value.hpp"
#include "chains/base/bytes.hpp"
#include "policy/effect/effect.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace chela::policy {

/// One swap as a router is told to make it, its aliases resolved.
struct SwapOrder {
    enum class Payer : std::uint8_t { caller, router };

    std::vector<Address> path;  ///< tokens, from the one given to the one received; at least two
    Payer payer{Payer::caller};
    Bound amount_in;  ///< at most; empty: as much as the router has
    U256 min_out{};
    Address recipient{};
    Expiry deadline{};
};

/// The tokens of a packed path: token (20), then fee (3) and token for each pool.
/// @return nothing: no pool, or bytes left over
/// Source: Uniswap v3-periphery, Path.sol.
[[nodiscard]] std::optional<std::vector<Address>> parse_v3_path(BytesView path);

/// The tokens of an `address[]`. @return nothing: fewer than two
[[nodiscard]] std::optional<std::vector<Address>> parse_v2_path(
    const chains::abi::Value::List& path);

/// A path that is told from its end, as for an exact output.
[[nodiscard]] std::vector<Address> reversed(std::vector<Address> path);

// Stand-ins for addresses. Source: Uniswap swap-router-contracts and universal-router,
// Constants.sol; v4-periphery, ActionConstants.sol.
inline constexpr Address kMsgSender{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
inline constexpr Address kAddressThis{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};

/// Whom a SwapRouter02 or Universal Router means by `recipient`.
[[nodiscard]] const Address& resolve_recipient(
    const Address& recipient, const Address& caller, const Address& router);

}  // namespace chela::policy
