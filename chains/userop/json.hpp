#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/userop/user_operation.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace chela::chains {

/// Of the EntryPoint; each has its own members and its own hash.
enum class UserOperationVersion : std::uint8_t { v06, v07, v08 };
/// "0.6", "0.7" or "0.8".
[[nodiscard]] std::string_view to_string(UserOperationVersion version);
[[nodiscard]] std::optional<UserOperationVersion> parse_user_operation_version(
    std::string_view text);
[[nodiscard]] UserOperationVersion version_of(const UserOperation& operation);
/// @return empty: not one of the three published contracts
[[nodiscard]] std::optional<UserOperationVersion> version_of_entry_point(
    const Address& entry_point);

/// The first parameter of eth_sendUserOperation, strictly: every member that the version requires,
/// quantities and data as 0x hex, and nothing else. `signature` may be there and is not kept: it is
/// what is to be made. From v0.7 on, factory and paymaster stand with their own members or not at
/// all. In v0.8 the factory 0x7702 (short or filled up with zeros) stands for the sender's
/// delegate, which eip7702Auth names; of that object only `address` is part of what is signed.
/// @return invalid_input naming the member, with reason E_USER_OPERATION_MEMBER
/// Source: ERC-4337, "UserOperation"; ERC-7769, "eth_sendUserOperation".
[[nodiscard]] Result<UserOperation> read_user_operation(
    const Json& json, UserOperationVersion version, const Address& entry_point, ChainId chain_id);

/// As read_user_operation() takes it, without a signature: it reads back as `operation`.
[[nodiscard]] Json to_json(const UserOperation& operation);

}  // namespace chela::chains
