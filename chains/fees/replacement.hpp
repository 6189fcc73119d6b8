#pragma once

#include "chains/base/result.hpp"
#include "chains/fees/fees.hpp"
#include "chains/fees/market.hpp"

namespace chela::chains::fees {

/// The least fee that a pool takes in place of `old`: old × 1.1 rounded up, at least 1 wei.
/// geth takes what is higher than the old fee and not below ⌊old × 110 / 100⌋; this is never less.
/// @return out_of_range: over 256 bits
/// Source: go-ethereum, core/txpool/legacypool/list.go, PriceBump 10.
[[nodiscard]] Result<Wei> least_above(const Wei& old);

/// The same for each of the three fees of a blob transaction: old × 2, at least 1 wei.
/// Source: go-ethereum, core/txpool/blobpool, PriceBump 100.
[[nodiscard]] Result<Wei> least_above_of_blobs(const Wei& old);

/// What a transaction that offers `old` must offer to be replaced and taken soon: of each fee what
/// the market asks, and no less than a pool takes. A tip above the maximum fee raises it.
/// @param market  what it does not know asks for nothing
/// @return fees of the same kind as `old`; out_of_range: over 256 bits
[[nodiscard]] Result<Fees> replacement(const Fees& old, const Market& market);

/// The same transaction with other fees, identical in everything else.
/// @return invalid_input E_FEES: fees of another kind than the type has, or a tip above the maximum
[[nodiscard]] Result<Transaction> replaced(Transaction transaction, const Fees& fees);

/// A transaction in place of this one that does nothing: 0 wei from the sender to itself, without
/// data, with the nonce, chain and fees of the original; replacement() says what it must pay. One
/// that sets code becomes one of type 2.
/// @param gas_limit  21000, or what the chain's node estimates
/// @return unsupported E_CANCEL_BLOB: pools replace a blob transaction by another one only
[[nodiscard]] Result<Transaction> cancellation(
    const Transaction& transaction, const Address& sender, Gas gas_limit);

}  // namespace chela::chains::fees
