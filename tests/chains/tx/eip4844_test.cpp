#include "chains/tx/eip4844.hpp"

#include "chains/crypto/keccak.hpp"
#include "tests/chains/test_key.hpp"
#include "tests/chains/tx/broken.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

namespace chela::chains {
namespace {

using test::encode;
using test::kEip4844;
using test::kVersionedHash;
using test::list_of;
using test::refusal;
using test::TestKey;
using test::with;

const TestKey kKey{"0x4646464646464646464646464646464646464646464646464646464646464646"};

Hash256 sha256(BytesView data) {
    Hash256 out;
    SHA256(data.data(), data.size(), out.bytes.data());
    return out;
}

template <class Fixed>
Fixed filled(std::uint8_t byte) {
    Fixed out;
    out.bytes.fill(byte);
    return out;
}

BlobSidecar sidecar(std::size_t blobs, SidecarVersion version = SidecarVersion::eip4844) {
    BlobSidecar out;
    out.version = version;
    for (std::size_t i = 0; i < blobs; ++i) {
        out.blobs.push_back(filled<Blob>(static_cast<std::uint8_t>(i)));
        out.commitments.push_back(filled<KzgCommitment>(static_cast<std::uint8_t>(0x40 + i)));
    }
    const std::size_t each = version == SidecarVersion::eip7594 ? 128 : 1;
    out.proofs.resize(blobs * each, filled<KzgProof>(0x77));
    return out;
}

/// A transaction that names the sidecar's commitments.
Eip4844Transaction transaction_for(const BlobSidecar& blobs) {
    auto out = std::get<Eip4844Transaction>(decode_unsigned(encode(kEip4844, "0x03")).value());
    out.blob_versioned_hashes.clear();
    for (const KzgCommitment& each : blobs.commitments) {
        VersionedHash hash{sha256(each.view()).bytes};
        hash.bytes[0] = 0x01;
        out.blob_versioned_hashes.push_back(hash);
    }
    return out;
}

RecoverableSignature sign(const Eip4844Transaction& tx) {
    return kKey.sign(signing_hash(tx));
}

std::string refusal_of_hashes(const std::string& payload) {
    return refusal(decode_unsigned(encode(with(kEip4844, 10, list_of(payload)), "0x03")));
}

TEST(eip4844, refuses_versioned_hashes_that_are_none_too_many_or_of_another_version) {
    EXPECT_EQ(refusal_of_hashes(kVersionedHash), "accepted");
    std::string many;
    for (std::size_t i = 0; i < kMaxBlobs; ++i)
        many += kVersionedHash;
    EXPECT_EQ(refusal_of_hashes(many), "accepted");
    const std::string tail(62, '2');
    for (const std::string& bad :
         {std::string{}, many + kVersionedHash, "a000" + tail, "a002" + tail, "a0ff" + tail,
          "9f01" + std::string(60, '2'), "a101" + tail + "22", std::string{"80"}, std::string{"01"},
          std::string{"c0"}, kVersionedHash + "80", kVersionedHash + "a002" + tail})
        EXPECT_EQ(refusal_of_hashes(bad), "invalid_input") << bad;
    EXPECT_EQ(
        refusal(decode_unsigned(encode(with(kEip4844, 10, "0x80"), "0x03"))), "invalid_input");
}

TEST(eip4844, network_form_carries_the_sidecar_and_has_the_hash_of_the_payload_form) {
    for (const SidecarVersion version : {SidecarVersion::eip4844, SidecarVersion::eip7594}) {
        const BlobSidecar blobs = sidecar(2, version);
        const Eip4844Transaction tx = transaction_for(blobs);
        const auto signature = sign(tx);
        const Bytes network = encode_network(tx, signature, blobs).value();
        const auto decoded = decode_signed(network);
        ASSERT_TRUE(decoded) << decoded.error().detail;
        EXPECT_EQ(decoded->transaction, Transaction{tx});
        EXPECT_EQ(decoded->signature, signature);
        EXPECT_EQ(decoded->sender, address_of(kKey.public_key()));
        EXPECT_EQ(decoded->hash, transaction_hash(encode_signed(tx, signature)));
        EXPECT_NE(decoded->hash, transaction_hash(network));
        ASSERT_TRUE(decoded->sidecar);
        EXPECT_TRUE(*decoded->sidecar == blobs);
        EXPECT_EQ(encode_network(tx, decoded->signature, *decoded->sidecar).value(), network);
        EXPECT_FALSE(decode_unsigned(network));
    }
}

TEST(eip4844, payload_form_has_no_sidecar) {
    const Eip4844Transaction tx = transaction_for(sidecar(1));
    const auto decoded = decode_signed(encode_signed(tx, sign(tx)));
    ASSERT_TRUE(decoded);
    EXPECT_FALSE(decoded->sidecar);
}

TEST(eip4844, network_form_is_the_payload_then_blobs_commitments_and_proofs) {
    const BlobSidecar old_form = sidecar(1);
    const Eip4844Transaction tx = transaction_for(old_form);
    const auto signature = sign(tx);
    const Bytes payload = encode_signed(tx, signature);
    const auto wrap = [&](const char* version, std::size_t proofs) {
        rlp::Encoder blobs;
        rlp::Encoder commitments;
        rlp::Encoder all_proofs;
        blobs.string(Bytes(131072, 0x00));
        commitments.string(Bytes(48, 0x40));
        for (std::size_t i = 0; i < proofs; ++i)
            all_proofs.string(Bytes(48, 0x77));
        return rlp::Encoder{}
            .raw(BytesView{payload}.subspan(1))
            .raw(parse_hex(version).value())
            .list(blobs)
            .list(commitments)
            .list(all_proofs)
            .as_list(Bytes{0x03});
    };
    EXPECT_EQ(encode_network(tx, signature, old_form).value(), wrap("0x", 1));
    const BlobSidecar cells = sidecar(1, SidecarVersion::eip7594);
    EXPECT_EQ(encode_network(tx, signature, cells).value(), wrap("0x01", 128));
    EXPECT_EQ(refusal(decode_signed(wrap("0x", 1))), "accepted");
    EXPECT_EQ(refusal(decode_signed(wrap("0x01", 128))), "accepted");
    EXPECT_EQ(refusal(decode_signed(wrap("0x02", 128))), "unsupported");
    EXPECT_EQ(refusal(decode_signed(wrap("0x80", 1))), "unsupported");
    for (const auto& [version, proofs] : std::vector<std::pair<const char*, std::size_t>>{
             {"0x", 0},
             {"0x", 2},
             {"0x", 128},
             {"0x01", 1},
             {"0x01", 127},
             {"0x01", 129},
             {"0x00", 128},
             {"0xc0", 128},
             {"0x0101", 128}})
        EXPECT_EQ(refusal(decode_signed(wrap(version, proofs))), "invalid_input")
            << version << " " << proofs;
}

TEST(eip4844, network_form_takes_sixteen_blobs_with_cell_proofs) {
    const BlobSidecar blobs = sidecar(kMaxBlobs, SidecarVersion::eip7594);
    const Eip4844Transaction tx = transaction_for(blobs);
    const auto decoded = decode_signed(encode_network(tx, sign(tx), blobs).value());
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_TRUE(decoded->sidecar == blobs);
    const BlobSidecar more = sidecar(kMaxBlobs + 1);
    const Eip4844Transaction over = transaction_for(more);
    EXPECT_EQ(refusal(encode_network(over, sign(over), more)), "invalid_input");
}

TEST(eip4844, network_form_refuses_counts_that_differ_from_the_hashes) {
    const BlobSidecar two = sidecar(2);
    const Eip4844Transaction tx = transaction_for(two);
    const auto signature = sign(tx);
    EXPECT_EQ(refusal(encode_network(tx, signature, two)), "accepted");
    EXPECT_EQ(refusal(encode_network(tx, signature, sidecar(1))), "invalid_input");
    EXPECT_EQ(refusal(encode_network(tx, signature, sidecar(3))), "invalid_input");
    EXPECT_EQ(refusal(encode_network(tx, signature, {})), "invalid_input");
    for (int which = 0; which < 4; ++which) {
        BlobSidecar changed = two;
        if (which == 0) changed.blobs.pop_back();
        if (which == 1) changed.commitments.pop_back();
        if (which == 2) changed.proofs.pop_back();
        if (which == 3) changed.version = SidecarVersion::eip7594;
        EXPECT_EQ(refusal(encode_network(tx, signature, changed)), "invalid_input") << which;
    }
    Eip4844Transaction none = tx;
    none.blob_versioned_hashes.clear();
    EXPECT_EQ(refusal(encode_network(none, signature, {})), "invalid_input");
}

TEST(eip4844, network_form_refuses_items_of_another_size) {
    const BlobSidecar one = sidecar(1);
    const Eip4844Transaction tx = transaction_for(one);
    const Bytes payload = encode_signed(tx, sign(tx));
    const auto wrap = [&payload](std::size_t blob, std::size_t commitment, std::size_t proof) {
        const auto one_of = [](std::size_t size) {
            return rlp::Encoder{}.string(Bytes(size, 0x55));
        };
        return rlp::Encoder{}
            .raw(BytesView{payload}.subspan(1))
            .list(one_of(blob))
            .list(one_of(commitment))
            .list(one_of(proof))
            .as_list(Bytes{0x03});
    };
    EXPECT_EQ(refusal(decode_signed(wrap(131072, 48, 48))), "accepted");
    for (const std::size_t bad : {0U, 1U, 32U, 131071U, 131073U})
        EXPECT_EQ(refusal(decode_signed(wrap(bad, 48, 48))), "invalid_input") << bad;
    for (const std::size_t bad : {0U, 1U, 47U, 49U}) {
        EXPECT_EQ(refusal(decode_signed(wrap(131072, bad, 48))), "invalid_input") << bad;
        EXPECT_EQ(refusal(decode_signed(wrap(131072, 48, bad))), "invalid_input") << bad;
    }
    Bytes longer = wrap(131072, 48, 48);
    longer.push_back(0x80);
    EXPECT_EQ(refusal(decode_signed(longer)), "invalid_input");
}

TEST(eip4844, network_form_is_for_blob_transactions_alone) {
    const BlobSidecar one = sidecar(1);
    const Eip4844Transaction tx = transaction_for(one);
    Bytes network = encode_network(tx, sign(tx), one).value();
    for (const std::uint8_t type : Bytes{1, 2, 4}) {
        network[0] = type;
        EXPECT_EQ(refusal(decode_signed(network)), "invalid_input") << int{type};
    }
}

TEST(check_versioned_hashes, compares_each_hash_with_its_commitment) {
    const BlobSidecar blobs = sidecar(3);
    auto hashes = transaction_for(blobs).blob_versioned_hashes;
    EXPECT_TRUE(check_versioned_hashes(hashes, blobs, sha256));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        for (const std::size_t byte : {0U, 1U, 31U}) {
            auto changed = hashes;
            changed[i].bytes[byte] ^= 0x10U;
            const auto refused = check_versioned_hashes(changed, blobs, sha256);
            ASSERT_FALSE(refused);
            EXPECT_NE(refused.error().detail.find(std::to_string(i)), std::string::npos);
        }
    }
    std::swap(hashes[0], hashes[1]);
    EXPECT_FALSE(check_versioned_hashes(hashes, blobs, sha256));
    EXPECT_FALSE(check_versioned_hashes({hashes.data(), 2}, blobs, sha256));
    EXPECT_FALSE(check_versioned_hashes({}, blobs, sha256));
}

}  // namespace
}  // namespace chela::chains
