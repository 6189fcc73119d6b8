#pragma once

#include "chains/tx/fields.hpp"
#include "chains/tx/transaction.hpp"

#include <utility>

namespace chela::chains::tx {

/// The fields of signed bytes; the signature is not yet checked against anything.
struct UncheckedSigned {
    Transaction transaction;
    RecoverableSignature signature;
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::optional<BlobSidecar> sidecar{};
};

// One pair for each type. `encoded` is the whole transaction; for a typed one its first byte is
// already known.

/// @return invalid_input, with reason E_NO_REPLAY_PROTECTION for the six-field form before EIP-155
[[nodiscard]] Result<Transaction> decode_unsigned_legacy(BytesView encoded);
/// @return invalid_input, with reason E_NO_REPLAY_PROTECTION for v below 35
[[nodiscard]] Result<UncheckedSigned> decode_signed_legacy(BytesView encoded);

[[nodiscard]] Result<Transaction> decode_unsigned_eip2930(BytesView encoded);
[[nodiscard]] Result<UncheckedSigned> decode_signed_eip2930(BytesView encoded);

[[nodiscard]] Result<Transaction> decode_unsigned_eip1559(BytesView encoded);
[[nodiscard]] Result<UncheckedSigned> decode_signed_eip1559(BytesView encoded);

[[nodiscard]] Result<Transaction> decode_unsigned_eip4844(BytesView encoded);
/// Takes the payload form and the network form.
[[nodiscard]] Result<UncheckedSigned> decode_signed_eip4844(BytesView encoded);

[[nodiscard]] Result<Transaction> decode_unsigned_eip7702(BytesView encoded);
[[nodiscard]] Result<UncheckedSigned> decode_signed_eip7702(BytesView encoded);

/// Where a typed transaction's list starts. Source: EIP-2718.
inline constexpr std::size_t kTypeSize = 1;
inline constexpr std::size_t kSignatureFields = 3;

/// Far above what a pool takes (128 KiB); four lists: fields, access list, entry, keys.
inline constexpr rlp::Limits kPayloadLimits{
    .max_depth = 4, .max_items = 16384, .max_bytes = 1U << 20U};

/// @param read  reads `count` fields into a Typed
template <class Typed, class Read>
[[nodiscard]] Result<Transaction> decode_unsigned_fields(
    BytesView encoded, std::size_t count, const Read& read) {
    const auto root = rlp::decode(encoded, kPayloadLimits, kTypeSize);
    if (!root) return std::unexpected{root.error()};
    FieldReader reader{*root, count};
    Typed out;
    read(reader, out);
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return out;
}

/// @param root  the list of the `count` fields that `read` reads, then parity, r and s
template <class Typed, class Read>
[[nodiscard]] Result<UncheckedSigned> read_signed_fields(
    const rlp::Item& root, std::size_t count, const Read& read) {
    FieldReader reader{root, count + kSignatureFields};
    Typed out;
    read(reader, out);
    const RecoverableSignature signature = reader.signature();
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return UncheckedSigned{.transaction = std::move(out), .signature = signature};
}

template <class Typed, class Read>
[[nodiscard]] Result<UncheckedSigned> decode_signed_fields(
    BytesView encoded, std::size_t count, const Read& read) {
    const auto root = rlp::decode(encoded, kPayloadLimits, kTypeSize);
    if (!root) return std::unexpected{root.error()};
    return read_signed_fields<Typed>(*root, count, read);
}

}  // namespace chela::chains::tx
