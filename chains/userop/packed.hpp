#pragma once

#include "chains/userop/user_operation.hpp"

namespace chela::chains {

/// What the EntryPoint is called with, from v0.7 on. Source: ERC-4337, "PackedUserOperation".
struct PackedUserOperation {
    Address sender;
    U256 nonce;
    Bytes init_code;
    Bytes call_data;
    Hash256 account_gas_limits;  ///< verificationGasLimit ‖ callGasLimit, 128 bits each
    U256 pre_verification_gas;
    Hash256 gas_fees;  ///< maxPriorityFeePerGas ‖ maxFeePerGas, 128 bits each
    Bytes paymaster_and_data;
};

/// @return out_of_range with reason E_USER_OPERATION_RANGE: a number of 128 bits does not fit
[[nodiscard]] Result<PackedUserOperation> pack(const UserOperationV07& operation);

}  // namespace chela::chains
