#pragma once

#include "chains/base/result.hpp"
#include "chains/tx/eip1559.hpp"
#include "chains/tx/eip2930.hpp"
#include "chains/tx/eip4844.hpp"
#include "chains/tx/eip7702.hpp"
#include "chains/tx/legacy.hpp"

#include <variant>

namespace chela::chains {

/// Every transaction type that chela signs; a type not here cannot be expressed.
using Transaction = std::variant<
    LegacyTransaction,
    Eip2930Transaction,
    Eip1559Transaction,
    Eip4844Transaction,
    Eip7702Transaction>;

/// Source: EIP-2718; the values are the types' first bytes, a legacy transaction has none.
enum class TransactionType : std::uint8_t {
    legacy = 0,
    eip2930 = 1,
    eip1559 = 2,
    eip4844 = 3,
    eip7702 = 4,
};

[[nodiscard]] TransactionType type_of(const Transaction& tx);
[[nodiscard]] ChainId chain_id(const Transaction& tx);
[[nodiscard]] Nonce nonce(const Transaction& tx);
/// @return empty: contract creation
[[nodiscard]] std::optional<Address> to(const Transaction& tx);
[[nodiscard]] Wei value(const Transaction& tx);
[[nodiscard]] const Bytes& data(const Transaction& tx);
[[nodiscard]] Gas gas_limit(const Transaction& tx);
/// Empty for a legacy transaction.
[[nodiscard]] const AccessList& access_list(const Transaction& tx);
/// The most a unit of gas can cost: gasPrice, or maxFeePerGas. Blob gas has a price of its own.
[[nodiscard]] Wei max_gas_price(const Transaction& tx);
[[nodiscard]] Transaction with_nonce(Transaction tx, Nonce nonce);

/// gas limit × highest gas price, and kGasPerBlob × highest blob gas price for each blob: the worst
/// case of the fee. @return out_of_range: over 256 bits
[[nodiscard]] Result<Wei> max_fee(const Transaction& tx);

[[nodiscard]] Bytes encode_unsigned(const Transaction& tx);
/// Of a blob transaction the payload form; encode_network gives the other.
[[nodiscard]] Bytes encode_signed(const Transaction& tx, const RecoverableSignature& signature);
/// Keccak-256 of encode_unsigned.
[[nodiscard]] SigningHash signing_hash(const Transaction& tx);
/// @param signed_bytes  what encode_signed gives; never the network form
[[nodiscard]] TxHash transaction_hash(BytesView signed_bytes);

/// @param encoded  what encode_unsigned gives, byte for byte; at most 1 MiB
/// @return invalid_input: not canonical, trailing bytes, chain id 0; unsupported: another type
[[nodiscard]] Result<Transaction> decode_unsigned(BytesView encoded);

struct SignedTransaction {
    Transaction transaction;
    RecoverableSignature signature;
    Address sender;
    TxHash hash;  ///< of the payload form
    /// Set exactly when the network form was decoded.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::optional<BlobSidecar> sidecar{};
};
/// @param encoded  what encode_signed (at most 1 MiB) or encode_network (4 MiB) gives
/// @return as decode_unsigned, also: high s, no recoverable sender, legacy without EIP-155
[[nodiscard]] Result<SignedTransaction> decode_signed(BytesView encoded);

}  // namespace chela::chains
