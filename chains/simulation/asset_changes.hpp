#pragma once

#include "chains/simulation/simulation.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace chela::chains::simulation {

enum class AssetKind : std::uint8_t { native, erc20, erc721, erc1155 };
[[nodiscard]] std::string_view to_string(AssetKind kind);

/// One move of an asset from one account to another.
struct AssetChange {
    AssetKind kind{AssetKind::native};
    std::optional<Address> token;  ///< empty: native
    std::optional<U256> token_id;  ///< of ERC-721 and ERC-1155
    Address from;                  ///< of a token the zero address: it was minted
    std::optional<Address> to;     ///< of a token the zero address: it was burnt; empty: the
                                   ///< contract that is created
    U256 amount;                   ///< base units; 1 of an ERC-721 token
};
/// Every move that native_moves and the logs show: native first, then tokens, each in the order of
/// execution. None when the call did not succeed.
/// @param top_level  as balance_changes()
/// @return bad_response: an event of ERC-1155 whose ids and amounts cannot be read, so that nobody
/// can say what moved
/// Source: ERC-20, ERC-721, ERC-1155, "Events".
[[nodiscard]] Result<std::vector<AssetChange>> asset_changes(
    const SimulationResult& result, const node::CallRequest* top_level = nullptr);

enum class ApprovalKind : std::uint8_t {
    allowance,  ///< ERC-20, of an amount
    token,      ///< ERC-721, of one id
    for_all     ///< ERC-721 and ERC-1155, of everything that the owner has
};
[[nodiscard]] std::string_view to_string(ApprovalKind kind);

/// One Approval or ApprovalForAll event.
struct Approval {
    ApprovalKind kind{ApprovalKind::allowance};
    Address token;
    Address owner;
    Address spender;
    bool is_granted{};             ///< no: taken back
    std::optional<U256> amount;    ///< of an allowance
    std::optional<U256> token_id;  ///< of a token
};
/// In the order of execution; none when the call did not succeed.
[[nodiscard]] std::vector<Approval> approvals(const SimulationResult& result);

}  // namespace chela::chains::simulation
