#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/tx/access_list.hpp"
#include "chains/tx/authorization.hpp"

#include <vector>

namespace chela::chains {

/// A type-4 transaction: sets the code of accounts. Source: EIP-7702.
struct Eip7702Transaction {
    ChainId chain_id;
    Nonce nonce;
    Wei max_priority_fee_per_gas;
    Wei max_fee_per_gas;
    Gas gas_limit;
    Address to;  ///< it cannot create a contract
    Wei value;
    Bytes data;
    AccessList access_list;
    std::vector<SignedAuthorization> authorization_list;  ///< at least one
    bool operator==(const Eip7702Transaction&) const = default;
};

/// 0x04 ‖ rlp([chainId, nonce, tip, feeCap, gas, to, value, data, accessList,
/// [[chainId, address, nonce, yParity, r, s]…]]). An empty list encodes, and does not decode.
[[nodiscard]] Bytes encode_unsigned(const Eip7702Transaction& tx);
/// The same list, then yParity, r and s.
[[nodiscard]] Bytes encode_signed(
    const Eip7702Transaction& tx, const RecoverableSignature& signature);

}  // namespace chela::chains
