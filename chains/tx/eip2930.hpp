#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/tx/access_list.hpp"

#include <optional>

namespace chela::chains {

/// A type-1 transaction. Source: EIP-2930.
struct Eip2930Transaction {
    ChainId chain_id;
    Nonce nonce;
    Wei gas_price;
    Gas gas_limit;
    std::optional<Address> to;  ///< empty: contract creation
    Wei value;
    Bytes data;
    AccessList access_list;
    bool operator==(const Eip2930Transaction&) const = default;
};

/// 0x01 ‖ rlp([chainId, nonce, gasPrice, gasLimit, to, value, data, accessList])
[[nodiscard]] Bytes encode_unsigned(const Eip2930Transaction& tx);
/// The same list, then yParity, r and s.
[[nodiscard]] Bytes encode_signed(
    const Eip2930Transaction& tx, const RecoverableSignature& signature);

}  // namespace chela::chains
