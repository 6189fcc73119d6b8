#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <optional>
#include <variant>

namespace chela::chains {

/// The contracts that execute user operations, at the same address on every chain that has them.
/// Source: eth-infinitism/account-abstraction, releases v0.6.0, v0.7.0 and v0.8.0.
inline constexpr Address kEntryPointV06{{0x5f, 0xf1, 0x37, 0xd4, 0xb0, 0xfd, 0xcd,
                                         0x49, 0xdc, 0xa3, 0x0c, 0x7c, 0xf5, 0x7e,
                                         0x57, 0x8a, 0x02, 0x6d, 0x27, 0x89}};
inline constexpr Address kEntryPointV07{{0x00, 0x00, 0x00, 0x00, 0x71, 0x72, 0x7d,
                                         0xe2, 0x2e, 0x5e, 0x9d, 0x8b, 0xaf, 0x0e,
                                         0xda, 0xc6, 0xf3, 0x7d, 0xa0, 0x32}};
inline constexpr Address kEntryPointV08{{0x43, 0x37, 0x08, 0x4d, 0x9e, 0x25, 0x5f,
                                         0xf0, 0x70, 0x24, 0x61, 0xcf, 0x88, 0x95,
                                         0xce, 0x9e, 0x3b, 0x5f, 0xf1, 0x08}};

/// The factory of a v0.8 operation whose sender is an EIP-7702 account: 0x7702 and zeros.
inline constexpr Address kEip7702Marker{{0x77, 0x02}};

/// Source: ERC-4337 as of EntryPoint v0.6, "UserOperation".
struct UserOperationV06 {
    Address sender;
    U256 nonce;       ///< 192 bits of key, 64 bits of sequence
    Bytes init_code;  ///< factory and its calldata, or empty
    Bytes call_data;
    U256 call_gas_limit;
    U256 verification_gas_limit;
    U256 pre_verification_gas;
    U256 max_fee_per_gas;           ///< wei
    U256 max_priority_fee_per_gas;  ///< wei
    Bytes paymaster_and_data;       ///< or empty
    bool operator==(const UserOperationV06&) const = default;
};

struct UserOperationFactory {
    Address address;
    Bytes data;
    bool operator==(const UserOperationFactory&) const = default;
};

struct UserOperationPaymaster {
    Address address;
    U256 verification_gas_limit;  ///< below 2^128
    U256 post_op_gas_limit;       ///< below 2^128
    Bytes data;
    bool operator==(const UserOperationPaymaster&) const = default;
};

/// The parts of a PackedUserOperation. Source: ERC-4337, "UserOperation" and "PackedUserOperation".
struct UserOperationV07 {
    Address sender;
    U256 nonce;  ///< 192 bits of key, 64 bits of sequence
    std::optional<UserOperationFactory> factory;
    Bytes call_data;
    U256 call_gas_limit;          ///< below 2^128
    U256 verification_gas_limit;  ///< below 2^128
    U256 pre_verification_gas;
    U256 max_fee_per_gas;           ///< wei, below 2^128
    U256 max_priority_fee_per_gas;  ///< wei, below 2^128
    std::optional<UserOperationPaymaster> paymaster;
    bool operator==(const UserOperationV07&) const = default;
};

/// As v0.7, hashed as EIP-712 typed data.
struct UserOperationV08 {
    UserOperationV07 parts;
    /// What the sender's code delegates to when the operation runs; exactly when the factory is
    /// kEip7702Marker. It is part of what is signed.
    std::optional<Address> eip7702_delegate;
    bool operator==(const UserOperationV08&) const = default;
};

/// An operation and where it is valid.
struct UserOperation {
    std::variant<UserOperationV06, UserOperationV07, UserOperationV08> operation;
    Address entry_point;
    ChainId chain_id;
    bool operator==(const UserOperation&) const = default;
};

}  // namespace chela::chains
