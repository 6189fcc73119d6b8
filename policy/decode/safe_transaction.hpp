#pragma once

#include "policy/decode/decoder.hpp"

#include <optional>
#include <vector>

namespace chela::policy {

/// What a Safe is told to do, by execTransaction or by signed SafeTx typed data.
/// Source: Safe v1.4.1, Safe.sol, "execTransaction"; Enum.sol, "Operation".
struct SafeTransaction {
    Address to;
    Wei value;
    BytesView data;
    std::size_t at{};  ///< where `data` begins in the root's bytes
    U256 operation;    ///< 0: call, 1: delegatecall
    U256 safe_tx_gas;
    U256 base_gas;
    U256 gas_price;           ///< 0: nobody is refunded
    Address gas_token;        ///< zero: native currency
    Address refund_receiver;  ///< zero: whoever sends the transaction
};

/// What the Safe does with all that it owns, then its refund for gas as a Transfer, at its worst.
/// A refund to whoever sends the transaction goes to the zero address: it is not known who that is.
/// @param frame  the call of the Safe: its target acts
/// @return nothing: no such operation
[[nodiscard]] std::optional<std::vector<EffectNode>> decode_safe_transaction(
    Decoder& decoder, const Frame& frame, const SafeTransaction& transaction);

/// A delegatecall: MultiSend is unwrapped, with the same actor; all else is Delegatecall.
/// @param frame  its actor runs the code of its target
[[nodiscard]] std::vector<EffectNode> decode_delegatecall(Decoder& decoder, const Frame& frame);

/// The packed transactions that MultiSend takes, run as `actor`. Strict: whole headers, data to the
/// last byte, operations 0 and 1.
/// @param frame  the call of MultiSend
/// @param at     where `packed` begins in the root's bytes
/// @return nothing: not such a list
/// Source: Safe v1.4.1, MultiSend.sol, "multiSend".
[[nodiscard]] std::optional<std::vector<EffectNode>> decode_multisend(
    Decoder& decoder, const Frame& frame, const Address& actor, BytesView packed, std::size_t at);

}  // namespace chela::policy
