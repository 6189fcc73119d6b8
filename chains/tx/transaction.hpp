#pragma once

#include "chains/base/result.hpp"
#include "chains/tx/eip1559.hpp"
#include "chains/tx/legacy.hpp"

#include <variant>

namespace chela::chains {

/// Every transaction type that chela signs; a type not here cannot be expressed.
using Transaction = std::variant<LegacyTransaction, Eip1559Transaction>;

[[nodiscard]] ChainId chain_id(const Transaction& tx);
[[nodiscard]] Nonce nonce(const Transaction& tx);
[[nodiscard]] const std::optional<Address>& to(const Transaction& tx);
[[nodiscard]] Wei value(const Transaction& tx);
[[nodiscard]] const Bytes& data(const Transaction& tx);
[[nodiscard]] Gas gas_limit(const Transaction& tx);
/// The most a unit of gas can cost: gasPrice, or maxFeePerGas.
[[nodiscard]] Wei max_gas_price(const Transaction& tx);
[[nodiscard]] Transaction with_nonce(Transaction tx, Nonce nonce);

/// gas limit × highest gas price: the worst case of the fee. @return out_of_range: over 256 bits
[[nodiscard]] Result<Wei> max_fee(const Transaction& tx);

[[nodiscard]] Bytes encode_unsigned(const Transaction& tx);
[[nodiscard]] Bytes encode_signed(const Transaction& tx, const RecoverableSignature& signature);
[[nodiscard]] TxHash transaction_hash(BytesView signed_bytes);

/// @param encoded  what encode_unsigned gives, byte for byte
/// @return invalid_input: not canonical, trailing bytes, chain id 0; unsupported: another type
[[nodiscard]] Result<Transaction> decode_unsigned(BytesView encoded);

struct SignedTransaction {
    Transaction transaction;
    RecoverableSignature signature;
    Address sender;
    TxHash hash;
};
/// @return as decode_unsigned, also: high s, no recoverable sender, legacy without EIP-155
[[nodiscard]] Result<SignedTransaction> decode_signed(BytesView encoded);

}  // namespace chela::chains
