#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <optional>
#include <span>
#include <vector>

namespace chela::chains {

namespace rlp {
class Encoder;
struct Item;
}  // namespace rlp

using Blob = FixedBytes<struct BlobTag, 131072>;  ///< 4096 field elements of 32 bytes
using KzgCommitment = FixedBytes<struct KzgCommitmentTag, 48>;
using KzgProof = FixedBytes<struct KzgProofTag, 48>;
using VersionedHash = FixedBytes<struct VersionedHashTag, 32>;

/// Source: EIP-4844, VERSIONED_HASH_VERSION_KZG.
inline constexpr std::uint8_t kVersionedHashVersion = 0x01;
/// Of one transaction; above what any fork allows (EIP-7594: 6).
inline constexpr std::size_t kMaxBlobs = 16;
/// Source: EIP-7594, CELLS_PER_EXT_BLOB.
inline constexpr std::size_t kCellsPerBlob = 128;

/// The wrapper version: which proofs a sidecar has. EIP-4844 writes none.
enum class SidecarVersion : std::uint8_t {
    eip4844 = 0,  ///< a proof for each blob
    eip7594 = 1,  ///< 128 cell proofs for each blob
};

/// What travels beside a blob transaction and is no part of its hash. It is carried, not verified:
/// no KZG proof is checked.
struct BlobSidecar {
    SidecarVersion version{SidecarVersion::eip4844};
    std::vector<Blob> blobs;
    std::vector<KzgCommitment> commitments;  ///< one for each blob
    std::vector<KzgProof> proofs;            ///< one for each blob, or kCellsPerBlob
    bool operator==(const BlobSidecar&) const = default;
};

/// @param hashes  how many versioned hashes the transaction has, 1 … kMaxBlobs
/// @return invalid_input: blobs, commitments and proofs are not as many as the hashes ask for
[[nodiscard]] Status check_counts(const BlobSidecar& sidecar, std::size_t hashes);

/// SHA-256 of the bytes; the caller brings it (chains has none).
using Sha256 = Hash256 (*)(BytesView);

/// Whether each hash is 0x01 ‖ SHA-256(commitment)[1…31]. Decoding does not check it.
/// @return invalid_input: the counts differ, or the position of a hash of another commitment
/// Source: EIP-4844, kzg_to_versioned_hash.
[[nodiscard]] Status check_versioned_hashes(
    std::span<const VersionedHash> hashes, const BlobSidecar& sidecar, Sha256 sha256);

namespace tx {

/// Appends [version,] blobs, commitments, proofs.
void append(rlp::Encoder& encoder, const BlobSidecar& sidecar);
/// @param network  the list of 4 or 5 items; the first, the payload, is not looked at
/// @return invalid_input: other sizes or counts; unsupported: another wrapper version
[[nodiscard]] Result<BlobSidecar> read_sidecar(const rlp::Item& network, std::size_t hashes);

}  // namespace tx
}  // namespace chela::chains
