#include "policy/decode/permit2_effects.hpp"

#include "policy/decode/token_effects.hpp"

namespace chela::policy {
namespace {

/// 2^160 - 1
constexpr U256 kUnlimited{{~0ULL, ~0ULL, 0xffffffffULL, 0}};

}  // namespace

Effect permit2_allowance(
    ChainId chain,
    const Address& owner,
    const Address& spender,
    const Permit2Details& details,
    const U256& given_until) {
    const auto& ends_at = details.expiration.is_zero() ? given_until : details.expiration;
    return allowance({chain, details.token}, owner, spender, details.amount, ends_at, kUnlimited);
}

}  // namespace chela::policy
