#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"

#include <optional>

namespace chela::chains {

/// A type-0 transaction with replay protection. Source: EIP-155; Yellow Paper §4.2.
struct LegacyTransaction {
    ChainId chain_id;
    Nonce nonce;
    Wei gas_price;
    Gas gas_limit;
    std::optional<Address> to;  ///< empty: contract creation
    Wei value;
    Bytes data;
    bool operator==(const LegacyTransaction&) const = default;
};

/// rlp([nonce, gasPrice, gasLimit, to, value, data, chainId, 0, 0])
[[nodiscard]] Bytes encode_unsigned(const LegacyTransaction& tx);
/// v = 35 + 2·chainId + parity.
[[nodiscard]] Bytes encode_signed(
    const LegacyTransaction& tx, const RecoverableSignature& signature);

}  // namespace chela::chains
