#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"

#include <optional>

namespace chela::chains {

/// A legacy transaction from before EIP-155. It names no chain, so whoever has it can send it on
/// every chain: chela reads it and never signs it. It is no alternative of `Transaction`, and
/// `Preimage` takes nothing that is not.
/// Source: Yellow Paper §4.2; EIP-155.
struct UnprotectedTransaction {
    Nonce nonce;
    Wei gas_price;
    Gas gas_limit;
    std::optional<Address> to;  ///< empty: contract creation
    Wei value;
    Bytes data;
    bool operator==(const UnprotectedTransaction&) const = default;
};

/// rlp([nonce, gasPrice, gasLimit, to, value, data])
[[nodiscard]] Bytes encode_unsigned(const UnprotectedTransaction& tx);
/// The same list, then v = 27 + parity, r and s.
[[nodiscard]] Bytes encode_signed(
    const UnprotectedTransaction& tx, const RecoverableSignature& signature);

/// @param encoded  the six fields, byte for byte as encode_unsigned gives them
/// @return invalid_input: not that
[[nodiscard]] Result<UnprotectedTransaction> decode_unsigned_unprotected(BytesView encoded);

struct SignedUnprotectedTransaction {
    UnprotectedTransaction transaction;
    RecoverableSignature signature;
    Address sender;
    TxHash hash;
};
/// @return invalid_input: not nine canonical fields, v neither 27 nor 28, no recoverable sender, or
/// (E_HIGH_S) a high s, which the chain itself took before Homestead
[[nodiscard]] Result<SignedUnprotectedTransaction> decode_signed_unprotected(BytesView encoded);

}  // namespace chela::chains
