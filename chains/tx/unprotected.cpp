#include "chains/tx/unprotected.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/tx/common_fields.hpp"
#include "chains/tx/decode.hpp"

namespace chela::chains {
namespace {

constexpr std::size_t kFields = 6;
constexpr std::uint8_t kFirstV = 27;

RecoverableSignature read_signature(tx::FieldReader& reader) {
    RecoverableSignature out;
    const U256 v = reader.integer();
    if (v == U256{kFirstV + 1U}) {
        out.y_parity = 1;
    } else if (v != U256{kFirstV}) {
        reader.refuse("v is neither 27 nor 28");
    }
    out.r = reader.integer();
    out.s = reader.integer();
    return out;
}

}  // namespace

Bytes encode_unsigned(const UnprotectedTransaction& tx) {
    return tx::legacy_fields(tx).as_list();
}

Bytes encode_signed(const UnprotectedTransaction& tx, const RecoverableSignature& signature) {
    return tx::legacy_fields(tx)
        .integer(std::uint64_t{kFirstV} + signature.y_parity)
        .integer(signature.r)
        .integer(signature.s)
        .as_list();
}

Result<UnprotectedTransaction> decode_unsigned_unprotected(BytesView encoded) {
    const auto root = rlp::decode(encoded, tx::kPayloadLimits);
    if (!root) return std::unexpected{root.error()};
    tx::FieldReader reader{*root, kFields};
    UnprotectedTransaction out;
    tx::read_legacy_fields(reader, out);
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return out;
}

Result<SignedUnprotectedTransaction> decode_signed_unprotected(BytesView encoded) {
    const auto root = rlp::decode(encoded, tx::kPayloadLimits);
    if (!root) return std::unexpected{root.error()};
    tx::FieldReader reader{*root, kFields + tx::kSignatureFields};
    UnprotectedTransaction out;
    tx::read_legacy_fields(reader, out);
    const RecoverableSignature signature = read_signature(reader);
    if (const auto& error = reader.error()) return std::unexpected{*error};
    const SigningHash hash{keccak256(encode_unsigned(out)).bytes};
    const auto key = recover(hash, signature);
    if (!key) return std::unexpected{key.error()};
    return SignedUnprotectedTransaction{
        .transaction = std::move(out),
        .signature = signature,
        .sender = address_of(*key),
        .hash = transaction_hash(encoded)};
}

}  // namespace chela::chains
