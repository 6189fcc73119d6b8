#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/tx/access_list.hpp"

#include <optional>

namespace chela::chains {

/// A type-2 transaction. Source: EIP-1559.
struct Eip1559Transaction {
    ChainId chain_id;
    Nonce nonce;
    Wei max_priority_fee_per_gas;
    Wei max_fee_per_gas;
    Gas gas_limit;
    std::optional<Address> to;  ///< empty: contract creation
    Wei value;
    Bytes data;
    AccessList access_list;
    bool operator==(const Eip1559Transaction&) const = default;
};

/// 0x02 ‖ rlp([chainId, nonce, tip, feeCap, gas, to, value, data, accessList])
[[nodiscard]] Bytes encode_unsigned(const Eip1559Transaction& tx);
/// The same list, then yParity, r and s.
[[nodiscard]] Bytes encode_signed(
    const Eip1559Transaction& tx, const RecoverableSignature& signature);

}  // namespace chela::chains
