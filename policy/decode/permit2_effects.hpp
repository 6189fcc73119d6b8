#pragma once

#include "policy/effect/effect.hpp"

namespace chela::policy {

// What calls of Permit2 and signatures for it share.

/// Source: Uniswap/permit2, PermitDetails.
struct Permit2Details {
    Address token;
    U256 amount;      ///< below 2^160; 2^160-1 is never lowered by what is taken
    U256 expiration;  ///< seconds since 1970; 0: the block in which the allowance is given
};

/// @param given_until  the last moment at which the allowance can be given
/// @return a Grant that ends at its expiration, or a Revoke when the amount is zero
/// Source: Uniswap/permit2, AllowanceTransfer._transfer and Allowance.updateAmountAndExpiration.
[[nodiscard]] Effect permit2_allowance(
    ChainId chain,
    const Address& owner,
    const Address& spender,
    const Permit2Details& details,
    const U256& given_until);

}  // namespace chela::policy
