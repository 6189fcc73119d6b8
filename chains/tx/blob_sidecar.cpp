#include "chains/tx/blob_sidecar.hpp"

#include "chains/tx/fields.hpp"

#include <string>

namespace chela::chains {
namespace {

// The payload, blobs, commitments and proofs; EIP-7594 puts its version before the blobs.
constexpr std::size_t kItems = 4;
constexpr std::size_t kItemsWithVersion = 5;

std::size_t proofs_per_blob(SidecarVersion version) {
    switch (version) {
        case SidecarVersion::eip4844:
            return 1;
        case SidecarVersion::eip7594:
            return kCellsPerBlob;
    }
    bug("SidecarVersion outside its list");
}

std::unexpected<Error> refuse(const std::string& problem) {
    return fail(ErrorCode::invalid_input, "blob sidecar: " + problem);
}

Status expect_count(std::string_view name, std::size_t actual, std::size_t expected) {
    if (actual == expected) return {};
    return refuse(
        "expected " + std::to_string(expected) + " " + std::string{name} + ", got " +
        std::to_string(actual));
}

template <class Fixed>
rlp::Encoder strings(const std::vector<Fixed>& all) {
    rlp::Encoder out;
    for (const Fixed& each : all)
        out.string(each.view());
    return out;
}

template <class Fixed>
void read_strings(tx::FieldReader& reader, std::string_view name, std::vector<Fixed>& out) {
    const auto items = reader.list(name);
    out.reserve(items.size());
    for (const rlp::Item& each : items) {
        if (tx::read_fixed(each, out.emplace_back())) continue;
        return reader.refuse_at(
            each.offset, "an item of " + std::string{name} + " is not " +
                             std::to_string(Fixed::kSize) + " bytes");
    }
}

void read_version(tx::FieldReader& reader, BlobSidecar& out) {
    const std::uint8_t version = reader.uint8();
    if (reader.error()) return;
    if (version != static_cast<std::uint8_t>(SidecarVersion::eip7594)) {
        return reader.keep(Error{
            ErrorCode::unsupported,
            "blob sidecar: wrapper version " + std::to_string(version) + " is not supported"});
    }
    out.version = SidecarVersion::eip7594;
}

}  // namespace

Status check_counts(const BlobSidecar& sidecar, std::size_t hashes) {
    if (hashes == 0 || hashes > kMaxBlobs)
        return refuse("a transaction has 1 to " + std::to_string(kMaxBlobs) + " blobs");
    if (auto status = expect_count("blobs", sidecar.blobs.size(), hashes); !status) return status;
    if (auto status = expect_count("commitments", sidecar.commitments.size(), hashes); !status)
        return status;
    return expect_count("proofs", sidecar.proofs.size(), hashes * proofs_per_blob(sidecar.version));
}

Status check_versioned_hashes(
    std::span<const VersionedHash> hashes, const BlobSidecar& sidecar, Sha256 sha256) {
    if (auto status = expect_count("commitments", sidecar.commitments.size(), hashes.size());
        !status)
        return status;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        VersionedHash expected{sha256(sidecar.commitments[i].view()).bytes};
        expected.bytes[0] = kVersionedHashVersion;
        if (hashes[i] != expected)
            return refuse("versioned hash " + std::to_string(i) + " is not of its commitment");
    }
    return {};
}

namespace tx {

void append(rlp::Encoder& encoder, const BlobSidecar& sidecar) {
    if (sidecar.version != SidecarVersion::eip4844)
        encoder.integer(std::uint64_t{static_cast<std::uint8_t>(sidecar.version)});
    encoder.list(strings(sidecar.blobs))
        .list(strings(sidecar.commitments))
        .list(strings(sidecar.proofs));
}

Result<BlobSidecar> read_sidecar(const rlp::Item& network, std::size_t hashes) {
    const bool has_version = network.items.size() == kItemsWithVersion;
    FieldReader reader{network, has_version ? kItemsWithVersion : kItems};
    static_cast<void>(reader.item());
    BlobSidecar out;
    if (has_version) read_version(reader, out);
    read_strings(reader, "the blobs", out.blobs);
    read_strings(reader, "the commitments", out.commitments);
    read_strings(reader, "the proofs", out.proofs);
    if (const auto& error = reader.error()) return std::unexpected{*error};
    if (const auto status = check_counts(out, hashes); !status)
        return std::unexpected{status.error()};
    return out;
}

}  // namespace tx
}  // namespace chela::chains
