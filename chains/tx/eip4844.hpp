#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/tx/access_list.hpp"
#include "chains/tx/blob_sidecar.hpp"

#include <vector>

namespace chela::chains {

/// A type-3 transaction: pays for blobs and names them by hash. Source: EIP-4844.
struct Eip4844Transaction {
    ChainId chain_id;
    Nonce nonce;
    Wei max_priority_fee_per_gas;
    Wei max_fee_per_gas;
    Gas gas_limit;
    Address to;  ///< it cannot create a contract
    Wei value;
    Bytes data;
    AccessList access_list;
    Wei max_fee_per_blob_gas;
    std::vector<VersionedHash> blob_versioned_hashes;  ///< 1 … kMaxBlobs, the first byte 0x01
    bool operator==(const Eip4844Transaction&) const = default;
};

/// Source: EIP-4844, GAS_PER_BLOB.
inline constexpr std::uint64_t kGasPerBlob = 131072;

/// 0x03 ‖ rlp([chainId, nonce, tip, feeCap, gas, to, value, data, accessList, blobFeeCap,
/// [hash…]]). No hash, or one of another version, encodes and does not decode.
[[nodiscard]] Bytes encode_unsigned(const Eip4844Transaction& tx);
/// The payload form, as a block holds it and whose Keccak-256 is the transaction's hash: the same
/// list, then yParity, r and s.
[[nodiscard]] Bytes encode_signed(
    const Eip4844Transaction& tx, const RecoverableSignature& signature);

/// The network form, as a node takes it: 0x03 ‖ rlp([payload, blobs, commitments, proofs]), or with
/// the wrapper version before the blobs.
/// @return invalid_input: the sidecar's counts are not those of check_counts
/// Source: EIP-4844, "Networking"; EIP-7594, "Networking".
[[nodiscard]] Result<Bytes> encode_network(
    const Eip4844Transaction& tx,
    const RecoverableSignature& signature,
    const BlobSidecar& sidecar);

}  // namespace chela::chains
