#pragma once

#include "policy/decode/decoder.hpp"

namespace chela::policy {

// What the tables of tokens share.

/// The contract that is called, as an asset.
[[nodiscard]] Asset token_of(const Frame& frame);

/// @param unlimited  the number by which contracts mean "no limit"
[[nodiscard]] Bound bound_of(const U256& amount, const U256& unlimited = U256::max());

/// A Grant, or a Revoke when the allowance is zero.
/// @param unlimited  see bound_of()
[[nodiscard]] Effect allowance(
    const Asset& asset,
    const Address& owner,
    const Address& spender,
    const U256& amount,
    const Expiry& expires_at = std::nullopt,
    const U256& unlimited = U256::max());

/// The only effect of a call.
[[nodiscard]] Decoded only(const Frame& frame, Effect effect);

/// Is the contract known to count its tokens, so that a number there is no id?
[[nodiscard]] bool is_fungible(const Decoder& decoder, const Frame& frame);

/// Charges the nodes of a batch; the first is that of the call itself.
[[nodiscard]] bool take_nodes(Decoder& decoder, std::size_t count);
/// What a batch is past the bounds.
[[nodiscard]] Decoded too_many(const Frame& frame);

/// The token hands `data` to a function of `receiver` in the name of the caller. Without data that
/// only tells of the transfer; with data it is a call that is not understood, and Opaque says so.
void add_hook(Decoded& decoded, const Frame& frame, const Address& receiver, const Bytes& data);

}  // namespace chela::policy
