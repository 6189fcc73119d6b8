#pragma once

#include "chains/userop/user_operation.hpp"

namespace chela::chains {

/// The bytes whose Keccak-256 is the userOpHash: 96 of abi.encode(keccak256(packed operation),
/// entryPoint, chainId). Source: EntryPoint v0.6, "getUserOpHash".
[[nodiscard]] Bytes preimage_bytes(
    const UserOperationV06& operation, const Address& entry_point, ChainId chain_id);

/// As v0.6, of the packed operation.
/// @return out_of_range with reason E_USER_OPERATION_RANGE: a gas limit, fee or paymaster limit of
/// 128 bits does not fit. Source: EntryPoint v0.7, "getUserOpHash".
[[nodiscard]] Result<Bytes> preimage_bytes(
    const UserOperationV07& operation, const Address& entry_point, ChainId chain_id);

/// 0x19 0x01 ‖ domainSeparator ‖ hashStruct(PackedUserOperation), 66 bytes; the domain is
/// "ERC4337", version "1". With kEip7702Marker, the init code is hashed as delegate ‖ factory data.
/// @return as v0.7; or invalid_input with reason E_USER_OPERATION_DELEGATE: the marker without a
/// delegate, or a delegate without the marker
/// Source: EntryPoint v0.8, "getUserOpHash" and "Eip7702Support".
[[nodiscard]] Result<Bytes> preimage_bytes(
    const UserOperationV08& operation, const Address& entry_point, ChainId chain_id);

[[nodiscard]] Result<Bytes> preimage_bytes(const UserOperation& operation);

}  // namespace chela::chains
