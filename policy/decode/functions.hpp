#pragma once

#include "policy/effect/effect.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace chela::policy {

/// One contract call, its selector already recognised.
struct Call {
    ChainId chain;
    Address sender;
    Address target;
    BytesView arguments;  ///< calldata after the selector
};

/// Empty: the arguments are not canonical.
using DecodedCall = std::optional<std::vector<Effect>>;

struct Function {
    std::uint32_t selector{};  ///< first four bytes of keccak256(signature), big-endian
    std::string_view signature;
    DecodedCall (*decode)(const Call&);
};

/// Source: ERC-20; OpenZeppelin's increaseAllowance and decreaseAllowance; EIP-2612. approve and
/// transferFrom are ERC-721's too.
[[nodiscard]] std::span<const Function> erc20_functions();
/// Source: ERC-721 (setApprovalForAll is ERC-1155's too).
[[nodiscard]] std::span<const Function> erc721_functions();
/// Source: ERC-1155.
[[nodiscard]] std::span<const Function> erc1155_functions();

/// @return the function with this selector, or nullptr
[[nodiscard]] const Function* find_function(std::uint32_t selector);

}  // namespace chela::policy
