#include "chains/tx/eip4844.hpp"

#include "chains/tx/common_fields.hpp"
#include "chains/tx/decode.hpp"

#include <string>

namespace chela::chains {
namespace {

constexpr std::array kType{std::uint8_t{0x03}};
constexpr std::size_t kFields = 11;
// 16 blobs with their cell proofs are 2.2 MiB; one list more than the payload has.
constexpr rlp::Limits kNetworkLimits{
    .max_depth = tx::kPayloadLimits.max_depth + 1,
    .max_items = tx::kPayloadLimits.max_items,
    .max_bytes = 4U << 20U};

rlp::Encoder all_fields(const Eip4844Transaction& tx) {
    rlp::Encoder hashes;
    for (const VersionedHash& each : tx.blob_versioned_hashes)
        hashes.string(each.view());
    rlp::Encoder out = tx::fee_market_fields(tx);
    out.integer(tx.max_fee_per_blob_gas.value).list(hashes);
    return out;
}

rlp::Encoder signed_fields(const Eip4844Transaction& tx, const RecoverableSignature& signature) {
    rlp::Encoder out = all_fields(tx);
    tx::append(out, signature);
    return out;
}

void read_hashes(tx::FieldReader& reader, std::vector<VersionedHash>& out) {
    const auto items = reader.list("the list of versioned hashes");
    if (items.empty()) return reader.refuse("a blob transaction has at least one versioned hash");
    if (items.size() > kMaxBlobs)
        return reader.refuse("more than " + std::to_string(kMaxBlobs) + " versioned hashes");
    for (const rlp::Item& each : items) {
        if (!tx::read_fixed(each, out.emplace_back()))
            return reader.refuse_at(each.offset, "a versioned hash is not 32 bytes");
        if (out.back().bytes[0] != kVersionedHashVersion)
            return reader.refuse_at(each.offset, "a versioned hash does not start with 0x01");
    }
}

void read_fields(tx::FieldReader& reader, Eip4844Transaction& out) {
    tx::read_fee_market_fields(reader, out);
    out.max_fee_per_blob_gas = reader.wei();
    read_hashes(reader, out.blob_versioned_hashes);
}

/// Only the network form starts with a list, the payload.
bool is_network_form(const rlp::Item& root) {
    return !root.items.empty() && root.items[0].kind == rlp::Item::Kind::list;
}

Result<tx::UncheckedSigned> read_network(const rlp::Item& root) {
    const rlp::Item& payload = root.items[0];
    if (payload.payload.size() > tx::kPayloadLimits.max_bytes) {
        return fail(
            ErrorCode::invalid_input,
            "transaction at byte " + std::to_string(payload.offset) + ": the payload is too long");
    }
    auto out = tx::read_signed_fields<Eip4844Transaction>(payload, kFields, read_fields);
    if (!out) return out;
    const auto& typed = std::get<Eip4844Transaction>(out->transaction);
    auto sidecar = tx::read_sidecar(root, typed.blob_versioned_hashes.size());
    if (!sidecar) return std::unexpected{sidecar.error()};
    out->sidecar = *std::move(sidecar);
    return out;
}

}  // namespace

Bytes encode_unsigned(const Eip4844Transaction& tx) {
    return all_fields(tx).as_list(kType);
}

Bytes encode_signed(const Eip4844Transaction& tx, const RecoverableSignature& signature) {
    return signed_fields(tx, signature).as_list(kType);
}

Result<Bytes> encode_network(
    const Eip4844Transaction& tx,
    const RecoverableSignature& signature,
    const BlobSidecar& sidecar) {
    if (const auto status = check_counts(sidecar, tx.blob_versioned_hashes.size()); !status)
        return std::unexpected{status.error()};
    rlp::Encoder out;
    out.list(signed_fields(tx, signature));
    tx::append(out, sidecar);
    return out.as_list(kType);
}

namespace tx {

Result<Transaction> decode_unsigned_eip4844(BytesView encoded) {
    return decode_unsigned_fields<Eip4844Transaction>(encoded, kFields, read_fields);
}

Result<UncheckedSigned> decode_signed_eip4844(BytesView encoded) {
    const auto root = rlp::decode(encoded, kNetworkLimits, kTypeSize);
    if (!root) return std::unexpected{root.error()};
    if (is_network_form(*root)) return read_network(*root);
    return decode_signed_fields<Eip4844Transaction>(encoded, kFields, read_fields);
}

}  // namespace tx
}  // namespace chela::chains
