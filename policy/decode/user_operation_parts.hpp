#pragma once

#include "chains/userop/user_operation.hpp"

namespace chela::policy {

/// A user operation, whatever its version.
/// Ownership: `call_data` points into the operation.
struct UserOperationParts {
    ChainId chain;
    Address entry_point;
    Address sender;
    BytesView call_data;
    Bytes init_code;  ///< factory and its calldata, or empty
    std::optional<Address> factory;
    std::optional<Address> eip7702_delegate;  ///< the factory is kEip7702Marker then
    std::optional<Address> paymaster;
    /// The most that gas can cost the sender or its paymaster: all gas at the highest price.
    Wei prefund;
};

/// @return invalid_input: the entry point is that of another version, or the init code or the
/// paymaster's data is shorter than an address; out_of_range: the prefund does not fit 256 bits
/// Source: EntryPoint v0.6 and v0.7, _getRequiredPrefund.
[[nodiscard]] Result<UserOperationParts> parts_of(const chains::UserOperation& operation);

}  // namespace chela::policy
